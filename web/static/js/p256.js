/**
 * Points of the curve P-256, as far as public keys need it: on the curve or not, and which `y`.
 *
 * Browsers import uncompressed points only, and a Multikey holds a compressed one. Nothing here
 * touches a secret, so nothing here has to run in constant time. SEC 1 §2.3.4, FIPS 186-5.
 */

import { concatBytes } from './encoding.js';
import { Malformed } from './errors.js';

const FIELD = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/**
 * The uncompressed form, 65 bytes, of a compressed (33) or uncompressed (65 bytes) point.
 *
 * Throws Malformed for another length or prefix, and for what is not on the curve.
 */
export function uncompressPoint(point) {
  const [prefix] = point;
  if (point.length === 65 && prefix === 4) return checkedPoint(point);
  if (point.length === 33 && (prefix === 2 || prefix === 3)) return decompressed(point);
  throw new Malformed('not a P-256 public key');
}

/** The compressed form, 33 bytes, of an uncompressed point. */
export function compressPoint(point) {
  return concatBytes([2 + (point[64] & 1)], point.subarray(1, 33));
}

function checkedPoint(point) {
  const x = toNumber(point.subarray(1, 33));
  const y = toNumber(point.subarray(33));
  if (x >= FIELD || y >= FIELD || (y * y) % FIELD !== rightSide(x)) {
    throw new Malformed('not a P-256 public key');
  }
  return point;
}

function decompressed(point) {
  const x = toNumber(point.subarray(1));
  const square = rightSide(x);
  const root = power(square, (FIELD + 1n) / 4n); // The field's order is 3 modulo 4.
  if (x >= FIELD || (root * root) % FIELD !== square) {
    throw new Malformed('not a P-256 public key');
  }
  const isOdd = (root & 1n) === 1n;
  const y = isOdd === (point[0] === 3) ? root : FIELD - root;
  return concatBytes([4], point.subarray(1), toBytes(y));
}

function rightSide(x) {
  return (((x * x + FIELD - 3n) % FIELD) * x + B) % FIELD;
}

function power(base, exponent) {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % FIELD;
    square = (square * square) % FIELD;
  }
  return result;
}

function toNumber(bytes) {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function toBytes(number) {
  const byteAt = (at) => Number((number >> BigInt(8 * (31 - at))) & 255n);
  return Uint8Array.from({ length: 32 }, (_, at) => byteAt(at));
}
