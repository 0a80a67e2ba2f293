/**
 * What a wallet posts to the verifier's `response_uri`, and what it is answered.
 *
 * OpenID4VP 1.0 §8.1, §8.2 (`direct_post`), §8.5.
 */

import { decodeUtf8 } from './encoding.js';
import { encodeForm } from './form.js';
import { parseRedirect } from './https_url.js';
import { canonicalize } from './jcs.js';
import { parseObject } from './json_object.js';

export const MAX_ANSWER_BYTES = 16 * 1024;

/**
 * The body of the POST that shows presentations: a text. Spec: OpenID4VP 1.0 §8.2.
 *
 * presentations: a Map from the id of the credential query that they answer to an array of them;
 * state: the request's, or null; issuanceProofs: since when the credentials exist, an extension of
 * ours that other verifiers ignore.
 */
export function buildResponse({ presentations, state, issuanceProofs = [] }) {
  const fields = { vp_token: decodeUtf8(canonicalize(Object.fromEntries(presentations))) };
  if (issuanceProofs.length) fields.issuance_proofs = decodeUtf8(canonicalize(issuanceProofs));
  return withState(fields, state);
}

/** The body of the POST that says that nothing is shown, and no more. Spec: §8.2, §8.5. */
export function buildRefusal({ state }) {
  return withState({ error: 'access_denied' }, state);
}

/**
 * Read the verifier's answer: where the browser goes next, or null. Throws Malformed or TooLarge.
 *
 * Unknown members are ignored. Spec: OpenID4VP 1.0 §8.2.
 */
export function parseAnswer(data) {
  const uri = parseObject(data, { maxBytes: MAX_ANSWER_BYTES }).textOrNull('redirect_uri');
  return uri === null ? null : parseRedirect(uri);
}

function withState(fields, state) {
  return encodeForm(state === null ? fields : { ...fields, state });
}
