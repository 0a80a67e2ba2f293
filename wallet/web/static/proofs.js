/**
 * Since when a card stands in the log: its issuer is asked once, and what it tells is kept.
 *
 * The issuer learns from the question that somebody uses the card, so it is asked when the person
 * has its status checked, and when it is shown only if nobody would believe it without.
 */

import { Purpose } from '/static/js/did_document.js';
import { encodeBase64url, encodeUtf8 } from '/static/js/encoding.js';
import { Refusal } from '/static/js/errors.js';
import { issuedDigest, proofMembers, readIssuanceProof } from '/static/js/issuance_proof.js';
import { parseObject } from '/static/js/json_object.js';
import { parseSdJwtVc } from '/static/js/sd_jwt_vc.js';
import { noteProof } from './card.js';
import { postJson } from './exchange.js';

const MAX_ANSWER_BYTES = 8 * 1024;
const DAY = 24 * 60 * 60_000;

/**
 * The card's proof as it is sent, if it is kept or can be had now; else null.
 *
 * What an issuer does not tell, or not yet, is no failure. Throws what the store throws.
 */
export async function proofOf(card, view, { store, now }) {
  if (card.issuanceProof) return card.issuanceProof;
  try {
    const found = await ask(card, view, now);
    if (found !== null) await noteProof(store, card, found);
    return found;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Whether nobody would believe this card's time of issue without a proof of it. */
export async function lacksProof(card, view) {
  if (card.issuanceProof) return false;
  const { keyId, issuedAt } = await parseSdJwtVc(card.credential);
  try {
    return view.keyAt(keyId, Purpose.ASSERTION, issuedAt).retiredAt !== null;
  } catch (error) {
    if (error instanceof Refusal) return false; // no proof would help it
    throw error;
  }
}

async function ask(card, view, now) {
  const { issuer, issuedAt } = await parseSdJwtVc(card.credential);
  // A day is logged when it is over, or before if the issuer's keys change.
  if (now < issuedAt + DAY && !await lacksProof(card, view)) return null;
  const [address] = view.credentialIssuers(issuer);
  if (address === undefined) return null;
  const digest = await issuedDigest(card.credential);
  const body = encodeUtf8(JSON.stringify({ digest: encodeBase64url(digest) }));
  const answer = await postJson(`${address}/issuance-proof`, body);
  const told = parseObject(answer, { maxBytes: MAX_ANSWER_BYTES }).objectOrNull('issuance_proof');
  if (told === null) return null;
  const proof = readIssuanceProof(told);
  return await view.findBatch(issuer, digest, proof) === null ? null : proofMembers(proof);
}
