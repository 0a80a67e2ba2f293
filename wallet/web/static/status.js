/**
 * What a card's issuer says of it now: from the whole status list, so that nobody learns which one
 * of its credentials is looked at.
 */

import { Purpose } from '/static/js/did_document.js';
import { decodeUtf8 } from '/static/js/encoding.js';
import { Expired, KeyMismatch } from '/static/js/errors.js';
import { parseTokenList, verifyTokenList } from '/static/js/status_list.js';
import { LEEWAY } from '/static/js/times.js';
import { verifyCard } from './card.js';
import { get } from './exchange.js';

const TOKEN_LIST = 'application/statuslist+jwt';
const WORDS = { valid: 'OK', suspended: 'SUSPENDED', revoked: 'REVOKED' };

/**
 * The result word of a card at this time: OK, EXPIRED, SUSPENDED or REVOKED.
 *
 * Throws what keeps it from being known: unknown is neither valid nor invalid.
 */
export async function statusOf(card, world) {
  const view = await world.view();
  const now = await world.now();
  const { verified } = await verifyCard(card, view);
  const { uri, index } = verified.status;
  const served = await get(uri, { accept: TOKEN_LIST, cache: 'no-cache' }); // somebody asks now
  const token = parseTokenList(decodeUtf8(served));
  if (token.issuer !== verified.issuer) {
    throw new KeyMismatch("the status list is not by the credential's own issuer");
  }
  const { key } = view.keyAt(token.keyId, Purpose.ASSERTION, token.issuedAt);
  const list = await verifyTokenList(token, key, { uri, now, leeway: LEEWAY });
  const word = WORDS[list.state(index)];
  return word === 'OK' && isOver(verified.validity, now) ? 'EXPIRED' : word;
}

function isOver(validity, now) {
  try {
    validity.check(now, LEEWAY);
    return false;
  } catch (error) {
    if (error instanceof Expired) return true;
    throw error;
  }
}
