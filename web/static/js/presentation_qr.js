/**
 * The citizen's QR code: a presentation for whoever scans it in the next two minutes.
 *
 *     text          = "GWN1:" base45(zlib(presentation))
 *     presentation  = an SD-JWT+KB in compact form, ASCII (RFC 9901 §4)
 *     zlib(…)       = one zlib stream (RFC 1950) and nothing behind it, at most 64 KiB inflated
 *     base45(…)     = RFC 9285
 *     text          ≤ 4,296 characters, what the largest QR code holds in alphanumeric mode
 *
 * The KB-JWT has `aud` "urn:gwanin:qr"; its `nonce` is the window's start, the minute in which it
 * was made, written as `2026-03-13T03:04:00Z` (RFC 3339, UTC, seconds zero). The window lasts 120
 * seconds from there, and one minute's leeway for clocks on either side. Nobody asked, so nothing
 * proves freshness but time: who photographs the code can show it until the window ends, and a
 * verifier that needs more than that asks by OpenID4VP.
 */

import { decodeBase45, encodeBase45 } from './base45.js';
import { deflate, inflate } from './compression.js';
import { decodeUtf8, encodeUtf8 } from './encoding.js';
import { BindingInvalid, Malformed, TooLarge, Unsupported } from './errors.js';
import { MAX_SD_JWT_CHARS } from './sd_jwt.js';
import { present } from './sd_jwt_vc.js';
import { LEEWAY, formatTimestamp, parseTimestamp } from './times.js';

export const AUDIENCE = 'urn:gwanin:qr';
export const MAX_QR_CHARS = 4296; // version 40, error correction L, alphanumeric: ISO/IEC 18004
export const WINDOW = 120_000;

const PREFIX = 'GWN1:';
const OTHER_VERSION = /^GWN[0-9]+:/;
const MINUTE = 60_000;

/**
 * Show the claims at these paths in the window that begins now: the text of a QR code.
 *
 * credential, disclose, holder: as `present` takes them; now: the moment it is made.
 * Throws TooLarge if no QR code can hold it, Malformed for a credential of nobody's, whose
 * presentation anybody could repeat for ever, and what `present` throws.
 */
export async function buildPresentationQr(credential, { disclose, holder, now }) {
  const nonce = formatTimestamp(startOfMinute(now));
  const presentation = await present(credential, {
    disclose, holder, audience: AUDIENCE, nonce, now,
  });
  if (presentation.endsWith('~')) throw new Malformed('the credential is bound to nobody');
  return checkLength(PREFIX + encodeBase45(await deflate(encodeUtf8(presentation))));
}

/**
 * Read the text of a QR code: the presentation, unverified.
 *
 * Throws TooLarge beyond 4,296 characters or 64 KiB inflated; Unsupported for another version;
 * Malformed for anything else. The presentation is then verified as any other, and its binding
 * with `checkWindow`.
 */
export async function parsePresentationQr(text) {
  checkLength(text);
  if (!text.startsWith(PREFIX)) {
    if (OTHER_VERSION.test(text)) throw new Unsupported('a QR code of another version');
    throw new Malformed('not the QR code of a presentation');
  }
  const compressed = decodeBase45(text.slice(PREFIX.length));
  return decodeUtf8(await inflate(compressed, { maxBytes: MAX_SD_JWT_CHARS }));
}

/**
 * Refuse a holder's signature that is not for a QR code, or outside of its window.
 *
 * binding: a HolderBinding. Throws BindingInvalid, or Malformed if its nonce is no moment at all.
 */
export function checkWindow(binding, now) {
  const start = startOfMinute(parseTimestamp(binding.nonce));
  binding.check({ audience: AUDIENCE, nonce: formatTimestamp(start), now, leeway: LEEWAY });
  if (binding.issuedAt < start || binding.issuedAt >= start + WINDOW) {
    throw new BindingInvalid('the presentation was signed outside of its window');
  }
  if (now < start - LEEWAY || now >= start + WINDOW + LEEWAY) {
    throw new BindingInvalid('the window of the QR code is over, or has not begun');
  }
}

function startOfMinute(moment) {
  return Math.floor(moment / MINUTE) * MINUTE;
}

function checkLength(text) {
  if (text.length > MAX_QR_CHARS) {
    throw new TooLarge(`a QR code holds at most ${MAX_QR_CHARS} characters`);
  }
  return text;
}
