/** Asks the hosts of admitted DIDs for their keys; nobody else, and for each use anew. */

import { approvalsUrl, isWeb, keysUrl, loggedKeys, shownKeys } from '/static/js/elsewhere.js';
import {
  DidNotProven, DidUnavailable, LogWitnessMissing, Refusal, rewrapped,
} from '/static/js/errors.js';
import { NO_APPROVALS, parseWitnessFile } from '/static/js/webvh_witness.js';
import { get } from './exchange.js';

const DOCUMENT = [
  'application/did', 'application/did+json', 'application/did+ld+json', 'application/json',
];
const LOG = ['text/jsonl', 'application/jsonl', 'application/json', 'text/plain'];
const APPROVALS = ['application/json', 'text/plain'];

/**
 * The view with the keys of a DID, if it is admitted and stands elsewhere; else the same view.
 *
 * Throws DidUnavailable when its host is away or has nothing, DidNotProven when what it says
 * breaks a rule of the DID's method.
 */
export async function knowKeys(view, did, now) {
  if (!view.standsElsewhere(did)) return view;
  const data = await fetched(keysUrl(did), isWeb(did) ? DOCUMENT : LOG);
  return view.knowing(isWeb(did) ? shownKeys(did, data, now) : await logged(did, data, now));
}

async function logged(did, log, now) {
  try {
    return await loggedKeys(did, log, { witnesses: NO_APPROVALS, now });
  } catch (error) {
    if (!(error instanceof LogWitnessMissing)) throw error;
    return loggedWithApprovals(did, log, { file: await fetched(approvalsUrl(did), APPROVALS), now });
  }
}

/** A file that can't be read approves of nothing. */
async function loggedWithApprovals(did, log, { file, now }) {
  try {
    return await loggedKeys(did, log, { witnesses: parseWitnessFile(file), now });
  } catch (error) {
    throw rewrapped(error, Refusal, ({ message }) => new DidNotProven(message));
  }
}

async function fetched(url, accept) {
  try {
    return await get(url, { accept, cache: 'no-cache' });
  } catch (error) {
    throw rewrapped(error, Refusal, () => (
      new DidUnavailable('the host of the DID gave no usable answer')
    ));
  }
}
