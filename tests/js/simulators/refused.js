/**
 * What a test says of a refusal: its code, and that it is one of ours.
 *
 *     await refused('malformed', () => parseDid('did:web:a'));
 *     await refusedOrDone(() => parseJson(bytes));      // any bytes: an answer, or our error
 */

import assert from 'node:assert/strict';

import { Refusal } from '../../../web/static/js/errors.js';

/** Assert that the work is refused with this code; returns the refusal. */
export async function refused(code, work) {
  const refusal = await verdict(work);
  assert.ok(refusal !== null, `expected ${code}, but nothing was refused`);
  assert.equal(refusal.code, code, refusal.message);
  return refusal;
}

/** Assert that the work is done or refused, and nothing else. */
export async function refusedOrDone(work) {
  await verdict(work);
}

async function verdict(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error;
  }
  return null;
}
