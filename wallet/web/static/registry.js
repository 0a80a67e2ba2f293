/**
 * Follows the registry over HTTP: the signed head, then every leaf from the first.
 *
 * Nobody learns which issuer is being checked, because everybody fetches the same files. The head
 * that was seen last is kept, so a registry that rewrote what we followed is found out.
 */

import { bundlesBetween, parseBundle } from '/static/js/bundles.js';
import { verifyCheckpoint } from '/static/js/checkpoint.js';
import { WitnessPolicy, parseWitnessKey } from '/static/js/cosignature.js';
import { Refusal, RegistryUnavailable } from '/static/js/errors.js';
import { parseNote, parseVerifierKey } from '/static/js/note.js';
import { Replica } from '/static/js/replica.js';
import { parseDid } from '/static/js/webvh_did.js';
import { get } from './exchange.js';
import { RegistryChanged } from './problems.js';

const MAX_LEAVES = 100_000; // beyond it a phone would be busy for minutes
const PIN = 'pin';
const PINNED = ['registry', 'log', 'root', 'witnesses', 'quorum'];
const HEAD = 'head';

/**
 * What the registry says now: a RegistryView.
 *
 * anchor: {registry, log, root, witnesses, quorum}, as the page was given it; now: the city's time.
 * Throws RegistryChanged, RegistryUnavailable, or what the log's checks throw.
 */
export async function followRegistry({ anchor, store, now }) {
  await checkPin(anchor, store);
  const key = await parseVerifierKey(anchor.log);
  const witnesses = await Promise.all(anchor.witnesses.map(parseWitnessKey));
  const policy = new WitnessPolicy(witnesses, anchor.quorum);
  const head = await fetchHead(anchor, key, policy);
  const seen = await store.recall(HEAD);
  const before = seen === undefined ? { size: 0 } : await verifyCheckpoint(seen, key);
  if (head.size < before.size) {
    throw new RegistryUnavailable('the registry served a head that is older than ours');
  }
  const replica = new Replica(parseDid(anchor.root));
  await append(replica, { anchor, from: 0, to: before.size, now });
  if (seen !== undefined) await replica.confirm(seen, key, now);
  await append(replica, { anchor, from: before.size, to: head.size, now });
  const view = await replica.confirm(head.note, key, now);
  await store.remember(HEAD, head.note);
  return view;
}

/** A wallet stays with the registry that it was made with; another one needs a wallet of its own. */
async function checkPin(anchor, store) {
  const pinned = await store.recall(PIN);
  if (pinned === undefined) {
    await store.remember(PIN, { ...anchor });
  } else if (PINNED.some((name) => String(pinned[name]) !== String(anchor[name]))) {
    throw new RegistryChanged('this wallet was made with another registry');
  }
}

async function fetchHead({ registry }, key, policy) {
  try {
    const note = await get(`${registry}/log/checkpoint`, { accept: 'text/plain' });
    const { size } = await verifyCheckpoint(note, key);
    await policy.verify(parseNote(note));
    if (size > MAX_LEAVES) throw new RegistryUnavailable('the log is too long to be followed here');
    return { note, size };
  } catch (error) {
    if (error instanceof Refusal && error.code === 'counterpart-refused') {
      throw new RegistryUnavailable('the registry has no signed head');
    }
    throw error;
  }
}

async function append(replica, { anchor, from, to, now }) {
  for (const { path, width, skip } of bundlesBetween(from, to)) {
    const data = await get(`${anchor.registry}/log/${path}`, { accept: 'application/octet-stream' });
    for (const leaf of parseBundle(data, { width }).slice(skip)) await replica.append(leaf, now);
  }
}
