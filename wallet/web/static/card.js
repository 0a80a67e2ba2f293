/** A kept credential as pages use it: what it says, without asking anybody. */

import { coloursOf, nameIn, titleOf } from '/static/js/card_words.js';
import { encodeUtf8 } from '/static/js/encoding.js';
import { Purpose } from '/static/js/did_document.js';
import { parseObject } from '/static/js/json_object.js';
import { signerOf } from '/static/js/keys.js';
import { parseSdJwtVc, verifySdJwtVc } from '/static/js/sd_jwt_vc.js';
import { NotHere } from './problems.js';

const STOPPED = ['SUSPENDED', 'REVOKED'];

/**
 * What is kept of a credential that was accepted.
 *
 * accepted: from `accept`; credential: as it was issued; now: when.
 */
export function recordOf({ verified, type, issuer }, { credential, now }) {
  return {
    credential,
    receivedAt: Math.floor(now),
    issuer: { did: verified.issuer, ko: issuer.nameKo, en: issuer.nameEn },
    type: type.name,
    metadata: JSON.stringify(type.metadata.members),
    claims: verified.claims,
    notAfter: verified.validity.notAfter,
  };
}

/** All cards, the newest first. */
export async function readCards(store) {
  return (await store.credentials()).map(cardOf);
}

/** One card. Throws NotHere. */
export async function readCard(store, number) {
  const found = (await readCards(store)).find((card) => card.number === number);
  if (found === undefined) throw new NotHere('no credential has this number');
  return found;
}

/** Verify a card anew with the key of its issue: the card, with `verified`. */
export async function verifyCard(card, view) {
  const unverified = await parseSdJwtVc(card.credential);
  // What became of the key since is the verifier's to judge.
  const { key } = view.listedKeyAt(unverified.keyId, Purpose.ASSERTION, unverified.issuedAt);
  return { ...card, verified: await verifySdJwtVc(unverified, key) };
}

/** The signer of the key that a card alone is bound to. Throws NotHere. */
export async function signerFor(store, { number }) {
  const pair = await store.keyPair(number);
  if (pair === undefined) throw new NotHere('the key of this credential is gone');
  return signerOf(pair);
}

/** Remember what the issuer was found to say: {word, at}; a card that was removed stays so. */
export async function noteStatus(store, { number }, found) {
  const kept = (await store.credentials()).find((record) => record.number === number);
  if (kept === undefined) return;
  const { number: place, ...record } = kept;
  await store.putCredential(place, { ...record, found });
}

/** Keep since when a card stands in the log; one that was removed stays so. */
export async function noteProof(store, { number }, issuanceProof) {
  const kept = (await store.credentials()).find((record) => record.number === number);
  if (kept === undefined) return;
  const { number: place, ...record } = kept;
  await store.putCredential(place, { ...record, issuanceProof });
}

/** Whether the issuer was last found to have stopped or withdrawn a card. */
export function isStopped({ found }) {
  return STOPPED.includes(found?.word);
}

/** A stored record, ready to be shown. */
export function cardOf(record) {
  const metadata = parseObject(encodeUtf8(record.metadata), { maxBytes: 1024 * 1024 });
  return Object.freeze({
    ...record,
    metadata,
    title: titleOf(metadata),
    colours: coloursOf(metadata),
    name: nameIn(record.claims),
  });
}
