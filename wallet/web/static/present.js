/**
 * Answers a verifier's request: OpenID4VP 1.0 from the wallet's side, in two halves.
 *
 * open: who asks, may they, what would be shown      (the person decides in between)
 * send: the presentations, or that nothing is sent
 */

import { buildRefusal, buildResponse, parseAnswer } from '/static/js/authorization_response.js';
import { peekKeyId, verifierDid, verifyRequestObject } from '/static/js/authorization_request.js';
import { Purpose } from '/static/js/did_document.js';
import { decodeUtf8, encodeBase64url } from '/static/js/encoding.js';
import {
  CounterpartRefused, NothingToShow, Refusal, VerifierNotTrusted, rewrapped,
} from '/static/js/errors.js';
import { encodeForm } from '/static/js/form.js';
import { selectCards, selectOptional } from '/static/js/matching.js';
import { parseRequestLink } from '/static/js/request_link.js';
import { checkScope } from '/static/js/scope.js';
import { present } from '/static/js/sd_jwt_vc.js';
import { isStopped, readCards, signerFor, verifyCard } from './card.js';
import { knowKeys } from './elsewhere.js';
import { get, postForm } from './exchange.js';
import { lacksProof, proofOf } from './proofs.js';

const REQUEST_OBJECT = 'application/oauth-authz-req+jwt';
const NONCE_BYTES = 24;
const GONE = [400, 404, 409, 410];

/**
 * Fetch and verify a request, and find what would answer it; nothing is sent.
 *
 * Returns {request, registration, required, optional, view}: selections, and groups of them.
 * Throws VerifierNotTrusted, OverAsking, NothingToShow, DidUnavailable while the host of an admitted
 * verifier's DID is away, or what the messages' parsers throw.
 */
export async function openRequest(link, world) {
  const found = parseRequestLink(link);
  const did = verifierDid(found.clientId);
  const now = await world.now();
  const view = await knowKeys(await world.view(), did, now);
  const request = await fetchRequest(found, view, now);
  const registration = view.findRegistration(did, now);
  if (registration === null) {
    throw new VerifierNotTrusted('whoever asks is not registered as a verifier');
  }
  checkScope(request.query, registration, {
    schemas: view.schemas, registryUrl: world.anchor.registry,
  });
  const kept = await readCards(world.store);
  const cards = await Promise.all(kept.map((card) => verifyCard(card, view)));
  const offered = usable(request.query, cards, now);
  const required = selectCards(request.query, offered, now);
  return {
    request,
    registration,
    required,
    optional: selectOptional(request.query, offered, { required, now }),
    view,
  };
}

/** Show what was agreed to; returns where the verifier sends the person next, or null. */
export async function send({ request, view }, selections, world) {
  const now = await world.now(); // people think before they agree, and what is signed is signed now
  const shown = await Promise.all(selections.map(async ({ queryId, card, disclose }) => [
    queryId,
    [await present(card.credential, {
      disclose,
      holder: await signerFor(world.store, card),
      audience: request.clientId,
      nonce: request.nonce,
      now,
    })],
  ]));
  const form = buildResponse({
    presentations: new Map(shown),
    state: request.state,
    issuanceProofs: await proofsOf(selections, view, { store: world.store, now }),
  });
  return parseAnswer(await postForm(request.responseUri, form));
}

/** Since when the shown cards exist, as far as it is known; asked for only where it is needed. */
async function proofsOf(selections, view, { store, now }) {
  const cards = [...new Map(selections.map(({ card }) => [card.number, card])).values()];
  const proofs = await Promise.all(cards.map(async (card) => (
    await lacksProof(card, view)
      ? proofOf(card, view, { store, now }) : card.issuanceProof ?? null
  )));
  return proofs.filter((proof) => proof !== null);
}

/** Tell the verifier that nothing is sent, and no more than that. */
export async function decline({ request }) {
  await postForm(request.responseUri, buildRefusal({ state: request.state }));
}

/** A card that is known to be stopped is offered only where no other will do. */
function usable(query, cards, now) {
  const good = cards.filter((card) => !isStopped(card));
  try {
    selectCards(query, good, now);
    return good;
  } catch (error) {
    if (error instanceof NothingToShow) return cards;
    throw error;
  }
}

async function fetchRequest({ clientId, requestUri, method }, view, now) {
  const nonce = method === 'post'
    ? encodeBase64url(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))) : null;
  const signed = decodeUtf8(await served(requestUri, nonce));
  const key = keyOf(peekKeyId(signed, { clientId }), view, now);
  return verifyRequestObject(signed, key, { clientId, walletNonce: nonce, now });
}

/** The request object at an address: its bytes. An address that is gone means it is over. */
async function served(uri, nonce) {
  try {
    return await (nonce === null
      ? get(uri, { accept: REQUEST_OBJECT })
      : postForm(uri, encodeForm({ wallet_nonce: nonce }), { accept: REQUEST_OBJECT }));
  } catch (error) {
    throw rewrapped(error, CounterpartRefused, overIfGone);
  }
}

/** OAuth has one word for all of it; such an address serves one request, so a no means it is over. */
function overIfGone(error) {
  if (!GONE.includes(error.status)) return error;
  return new CounterpartRefused(error.detail, { ...error, reason: 'request-over' });
}

function keyOf(keyId, view, now) {
  try {
    return view.keyAt(keyId, Purpose.AUTHENTICATION, now).key;
  } catch (error) {
    throw rewrapped(error, Refusal, () => (
      new VerifierNotTrusted('the registry does not know the key of whoever asks')
    ));
  }
}
