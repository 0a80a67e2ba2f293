/**
 * Points of Ed25519 that no verification may use: those of small order, and second spellings.
 *
 * With such a key one signature would fit many messages. Browsers differ in whether they look, so
 * it is looked at here, as libsodium does. RFC 8032 §5.1.3; Taming the Many EdDSAs, §2.
 */

import { concatBytes, equalBytes } from './encoding.js';

// The y-coordinates of the eight points whose order divides 8, little-endian; -y, 0 and ±1 too.
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map((hex) => Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16)));

/** Whether 32 bytes are no point to rely on: of small order, or not in the one spelling. */
export function isWeakPoint(point) {
  const y = concatBytes(point.subarray(0, 31), [point[31] & 0x7f]); // The last bit is x's sign.
  return !isBelowField(y) || SMALL_ORDER.some((weak) => equalBytes(weak, y));
}

/** Whether little-endian y is below 2^255-19. */
function isBelowField(y) {
  return y[31] < 0x7f || y[0] < 0xed || y.subarray(1, 31).some((byte) => byte !== 0xff);
}
