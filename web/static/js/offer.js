/**
 * The Credential Offer: what an issuer has ready for a wallet, by value or by reference.
 *
 * Nothing in an offer is signed: it says where to ask, and proves nothing (§13.5).
 * OpenID4VCI 1.0 §4.1.
 */

import { encodeUtf8 } from './encoding.js';
import { Malformed } from './errors.js';
import { parseEndpoint, parseIdentifier } from './https_url.js';
import { charCount, parseObject } from './json_object.js';
import { parseWalletLink } from './wallet_link.js';

export const PRE_AUTHORIZED_CODE = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';
export const MAX_OFFER_BYTES = 64 * 1024;
export const MAX_CONFIGURATION_IDS = 64;
export const MAX_CONFIGURATION_ID_CHARS = 256;
export const MAX_CODE_CHARS = 512;
export const MAX_TX_CODE_CHARS = 64; // what a person may have to type

const SCHEMES = ['openid-credential-offer', 'haip-vci'];
const MAX_DESCRIPTION_CHARS = 300; // §4.1.1
const INPUT_MODES = ['numeric', 'text'];

/**
 * Read what a person scanned or tapped: exactly one of the offer and its URL.
 *
 * Returns {offer, uri}, one of which is null; offer: as `parseOffer` returns it. Takes
 * `openid-credential-offer://?…`, `haip-vci://?…` and `https://wallet#…`. Throws Malformed or
 * TooLarge. Spec: OpenID4VCI 1.0 §4.1.
 */
export function parseOfferLink(link) {
  const fields = parseWalletLink(link, { schemes: SCHEMES });
  if (fields.has('credential_offer') === fields.has('credential_offer_uri')) {
    throw new Malformed('an offer link holds either credential_offer or credential_offer_uri');
  }
  if (fields.has('credential_offer_uri')) {
    return { offer: null, uri: parseEndpoint(fields.text('credential_offer_uri')) };
  }
  return { offer: parseOffer(encodeUtf8(fields.text('credential_offer'))), uri: null };
}

/**
 * Read a Credential Offer object of at most 64 KiB. Throws Malformed or TooLarge.
 *
 * Returns {credentialIssuer, configurationIds, preAuthorized}. preAuthorized: null when the offer
 * is for other grants only, else {code, txCode, authorizationServer}; txCode: null if none is
 * needed, else {inputMode, length, description}. Unknown members and unknown grants are ignored,
 * as §4.1.1 demands.
 */
export function parseOffer(data) {
  const offer = parseObject(data, { maxBytes: MAX_OFFER_BYTES });
  const grant = offer.objectOrNull('grants')?.objectOrNull(PRE_AUTHORIZED_CODE) ?? null;
  return Object.freeze({
    credentialIssuer: parseIdentifier(offer.text('credential_issuer')),
    configurationIds: parseConfigurationIds(offer),
    preAuthorized: grant === null ? null : parseGrant(grant),
  });
}

function parseConfigurationIds(offer) {
  const ids = offer.texts('credential_configuration_ids', { maxItems: MAX_CONFIGURATION_IDS });
  if (!ids.length || new Set(ids).size !== ids.length) {
    throw new Malformed('credential_configuration_ids must name at least one, and each once');
  }
  if (ids.some((id) => charCount(id) > MAX_CONFIGURATION_ID_CHARS)) {
    throw new Malformed('a credential configuration id is too long');
  }
  return ids;
}

function parseGrant(grant) {
  const txCode = grant.objectOrNull('tx_code');
  const server = grant.textOrNull('authorization_server');
  return Object.freeze({
    code: grant.text('pre-authorized_code', { maxChars: MAX_CODE_CHARS }),
    txCode: txCode === null ? null : parseTxCode(txCode),
    authorizationServer: server === null ? null : parseIdentifier(server),
  });
}

function parseTxCode(txCode) {
  const inputMode = txCode.textOrNull('input_mode') ?? 'numeric'; // the default of §4.1.1
  if (!INPUT_MODES.includes(inputMode)) {
    throw new Malformed('tx_code.input_mode must be numeric or text');
  }
  const length = txCode.integerOrNull('length');
  if (length !== null && !(length >= 1 && length <= MAX_TX_CODE_CHARS)) {
    throw new Malformed(`tx_code.length must be from 1 to ${MAX_TX_CODE_CHARS}`);
  }
  const description = txCode.textOrNull('description', { maxChars: MAX_DESCRIPTION_CHARS });
  return Object.freeze({ inputMode, length, description });
}
