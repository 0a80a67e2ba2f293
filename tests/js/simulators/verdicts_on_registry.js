/** Works for `verdicts.js`: the registry's log, what follows from it, and who may do what. */

import { accept, findIssuerDid } from '../../../web/static/js/acceptance.js';
import { parseBundle } from '../../../web/static/js/bundles.js';
import { verifyCheckpoint } from '../../../web/static/js/checkpoint.js';
import { verifyClaims } from '../../../web/static/js/claim_checks.js';
import { WitnessPolicy, parseWitnessKey } from '../../../web/static/js/cosignature.js';
import { parseQuery } from '../../../web/static/js/dcql.js';
import { DidDocument } from '../../../web/static/js/did_document.js';
import { isWeb, keysUrl, loggedKeys, shownKeys } from '../../../web/static/js/elsewhere.js';
import { encodeBase64url } from '../../../web/static/js/encoding.js';
import {
  MAX_PROOF_BYTES, issuanceRoot, proofMembers, readIssuanceProof,
} from '../../../web/static/js/issuance_proof.js';
import { parseObject } from '../../../web/static/js/json_object.js';
import { encodeJwk } from '../../../web/static/js/jwk.js';
import { EMPTY_CHAIN, verifyNext } from '../../../web/static/js/leaf.js';
import { selectCards } from '../../../web/static/js/matching.js';
import { verifyConsistency, verifyInclusion } from '../../../web/static/js/merkle_proof.js';
import { parseNote, parseVerifierKey, verifyNote } from '../../../web/static/js/note.js';
import { findType, permission, readPublishedType } from '../../../web/static/js/published_type.js';
import { Replica } from '../../../web/static/js/replica.js';
import { checkScope } from '../../../web/static/js/scope.js';
import { parseSdJwtVc, verifySdJwtVc } from '../../../web/static/js/sd_jwt_vc.js';
import { parseDid } from '../../../web/static/js/webvh_did.js';
import { replay } from '../../../web/static/js/webvh_history.js';
import { NO_APPROVALS, parseWitnessFile } from '../../../web/static/js/webvh_witness.js';
import { bytes, publicKey } from './given.js';

export const REGISTRY = {
  did: ({ text }) => parseDid(text).scid,
  log: async ({ data, did, now, witnesses }) => {
    const approvals = witnesses === null ? NO_APPROVALS : parseWitnessFile(bytes(witnesses));
    const history = await replay(bytes(data), { did: parseDid(did), now, witnesses: approvals });
    return { did: history.did.text, versions: history.versions.length };
  },
  'key-at': async ({ data, did, now, method, purpose, time }) => {
    const history = await replay(bytes(data), { did: parseDid(did), now, witnesses: NO_APPROVALS });
    return keyFound(history.keyAt(method, purpose, time));
  },
  method: ({ members, method, purpose }) => (
    encodeJwk(new DidDocument(members).method(method, purpose))
  ),
  issuers: ({ members }) => new DidDocument(members).credentialIssuers(),
  note: async ({ data, key }) => (
    encodeBase64url(await verifyNote(parseNote(bytes(data)), await parseVerifierKey(key)))
  ),
  quorum: async ({ note, witnesses, quorum }) => {
    const keys = await Promise.all(witnesses.map(parseWitnessKey));
    const times = await new WitnessPolicy(keys, quorum).verify(parseNote(bytes(note)));
    return Object.fromEntries(times);
  },
  'verifier-key': async ({ text }) => {
    const { name, keyId, key } = await parseVerifierKey(text);
    return [name, encodeBase64url(keyId), encodeJwk(key).x];
  },
  checkpoint: async ({ data, key }) => {
    const { origin, size, root, extension } = (
      await verifyCheckpoint(bytes(data), await parseVerifierKey(key))
    );
    return { origin, size, root: encodeBase64url(root), extension };
  },
  'issuance-proof': async ({ data, digest }) => {
    const proof = readIssuanceProof(parseObject(bytes(data), { maxBytes: MAX_PROOF_BYTES }));
    return { ...proofMembers(proof), root: encodeBase64url(await issuanceRoot(proof, bytes(digest))) };
  },
  inclusion: ({ leaf, index, size, path, root }) => (
    verifyInclusion({ leaf: bytes(leaf), index, size, path: path.map(bytes), root: bytes(root) })
  ),
  consistency: ({ oldSize, oldRoot, newSize, newRoot, path }) => verifyConsistency({
    oldSize, newSize, oldRoot: bytes(oldRoot), newRoot: bytes(newRoot), path: path.map(bytes),
  }),
  bundle: ({ data, width }) => parseBundle(bytes(data), { width }).map(encodeBase64url),
  leaf: async ({ data, last }) => {
    const head = last === null ? EMPTY_CHAIN : { size: last.size, last: bytes(last.digest) };
    return encodeBase64url((await verifyNext(bytes(data), head)).head.last);
  },
  'find-batch': async ({ world, issuer, digest, proof }) => {
    const read = readIssuanceProof(parseObject(bytes(proof), { maxBytes: MAX_PROOF_BYTES }));
    return (await viewOf(world)).findBatch(issuer, bytes(digest), read);
  },
  replica: async (given) => told(await viewOf(given), given),
  'keys-url': ({ did }) => keysUrl(did),
  elsewhere: async ({ world, did, data, method, purpose, time }) => {
    const view = await viewOf(world);
    if (!view.standsElsewhere(did)) return 'not elsewhere';
    const served = bytes(data);
    const keys = isWeb(did) ? shownKeys(did, served, world.now)
      : await loggedKeys(did, served, { witnesses: NO_APPROVALS, now: world.now });
    return keyFound(view.knowing(keys).keyAt(method, purpose, time));
  },
  'issuer-did': async ({ world, credentialIssuer, now }) => (
    findIssuerDid(await viewOf(world), credentialIssuer, now)
  ),
  accept: async ({ world, registryUrl, documents, credential, offered, issuerDid, holder, now }) => {
    const { verified, type, issuer } = await accept(credential, {
      issuerDid,
      offered,
      view: await viewOf(world),
      registryUrl,
      documents: new Map(Object.entries(documents).map(([path, data]) => [path, bytes(data)])),
      holder: publicKey(holder),
      now,
    });
    return { claims: verified.claims, type: type.name, issuer: issuer.did };
  },
  scope: async ({ world, registryUrl, query, verifier, now }) => {
    const view = await viewOf(world);
    const registration = view.findRegistration(verifier, now);
    checkScope(parseQuery(query), registration, { schemas: view.schemas, registryUrl });
  },
  'type-claims': async ({ world, registryUrl, documents, typeUrl, claims }) => {
    const { schemas } = await viewOf(world);
    const fetched = new Map(Object.entries(documents).map(([path, data]) => [path, bytes(data)]));
    const type = await readPublishedType(findType(typeUrl, { schemas, registryUrl }), {
      documents: fetched, schemas,
    });
    verifyClaims(type, claims);
    return permission(type, claims);
  },
  cards: async ({ query, credentials, key, now }) => {
    const cards = [];
    for (const [at, token] of credentials.entries()) {
      const verified = await verifySdJwtVc(await parseSdJwtVc(token), publicKey(key));
      cards.push({ number: at + 1, verified });
    }
    return selectCards(parseQuery(query), cards, now)
      .map(({ queryId, card, disclose }) => [queryId, card.number, disclose]);
  },
};

let known = { text: null, view: null };

/** The view of a log that is given; that of the last one is kept, as tables ask of one log. */
async function viewOf({ root, leaves, note, key, now }) {
  const text = JSON.stringify([root, leaves, note, key, now]);
  if (known.text === text) return known.view;
  const replica = new Replica(parseDid(root));
  for (const leaf of leaves) await replica.append(bytes(leaf), now);
  const view = await replica.confirm(bytes(note), await parseVerifierKey(key), now);
  known = { text, view };
  return view;
}

/** What a view answers to the questions of a test. */
function told(view, { dids = [], keys = [] }) {
  return {
    size: view.checkpoint.size,
    issuers: Object.fromEntries(dids.map(([did, time]) => (
      [did, view.accreditationsAt(did, time).map(({ types }) => [...types].sort())]
    ))),
    verifiers: Object.fromEntries(dids.map(([did, time]) => (
      [did, registered(view.findRegistration(did, time))]
    ))),
    keys: keys.map(([method, purpose, time]) => keyFound(view.keyAt(method, purpose, time))),
    schemas: [...view.schemas].map(([path, digest]) => [path, encodeBase64url(digest)]).sort(),
  };
}

function registered(found) {
  return found && [...found.attributes].sort();
}

function keyFound({ key, validFrom, retiredAt }) {
  return { key: encodeJwk(key), validFrom, retiredAt };
}
