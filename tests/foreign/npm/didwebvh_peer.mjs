// Resolves did:webvh logs with didwebvh-ts, which shares no line with us. It has no network: logs
// and witnesses' proofs come with the question.
//
// One question a line on stdin, one answer a line on stdout:
//
//   {"log": "<did.jsonl>", "witness": "<did-witness.json>", "options": {versionId, …}}
//   {"error": null | "<why not>", "did", "document", "metadata"}

import {createPublicKey, verify} from 'node:crypto';
import {createInterface} from 'node:readline';

import {resolveDIDFromLog} from 'didwebvh-ts';

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

const verifier = {
  async verify(signature, message, key) {
    const der = Buffer.concat([SPKI, Buffer.from(key)]);
    return verify(null, message, createPublicKey({key: der, format: 'der', type: 'spki'}), signature);
  },
};

globalThis.fetch = () => {
  throw new Error('nothing is fetched here');
};

async function answer({log, witness, options}) {
  try {
    const entries = log.trimEnd().split('\n').map(line => JSON.parse(line));
    const {did, doc, meta} = await resolveDIDFromLog(entries, {
      ...options,
      ...(options.versionTime && {versionTime: new Date(options.versionTime)}),
      verifier,
      witnessProofs: JSON.parse(witness),
    });
    const error = meta.error ?? null;
    return {error: error && `${error}: ${meta.problemDetails?.detail}`, did, document: doc, metadata: meta};
  } catch (error) {
    return {error: error.message || String(error)};
  }
}

for await (const line of createInterface({input: process.stdin})) {
  const found = await answer(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
