/**
 * What our modules say of a table of inputs, for tests in another language to compare.
 *
 *     node verdicts.js < cases.json      [{"work": "offer", "given": {…}}, …]
 *     [{"found": …}, {"code": "leaf-rejected", "cause": "log-proof-invalid", "at": 3}, …]
 *
 * A code is our refusal, with its place if it has one, and what is wrong with a refused leaf; `fault` is anything
 * else that was thrown, and fails the test. Bytes are given in base64url; a key is given as a JWK;
 * moments are milliseconds.
 */

import { stdin, stdout } from 'node:process';

import { Refusal } from '../../../web/static/js/errors.js';
import { Float, parseJson } from '../../../web/static/js/strict_json.js';
import { CREDENTIALS } from './verdicts_on_credentials.js';
import { MESSAGES } from './verdicts_on_messages.js';
import { REGISTRY } from './verdicts_on_registry.js';

const WORKS = { ...CREDENTIALS, ...MESSAGES, ...REGISTRY };

const chunks = [];
for await (const chunk of stdin) chunks.push(chunk);
const answers = [];
for (const { work, given } of parseJson(Buffer.concat(chunks), { maxBytes: Infinity })) {
  answers.push(await verdict(WORKS[work], given));
}
stdout.write(JSON.stringify(answers, plain));

/** Numbers that JSON.stringify cannot write: great integers as texts, floats as numbers. */
function plain(_, value) {
  if (typeof value === 'bigint') return `integer ${value}`;
  return value instanceof Float ? value.value : value;
}

async function verdict(work, given) {
  try {
    return { found: (await work(given)) ?? null };
  } catch (error) {
    return error instanceof Refusal ? refusal(error) : { fault: String(error.stack) };
  }
}

function refusal({ code, cause, index, entry }) {
  const wraps = code === 'leaf-rejected';
  return { code, cause: wraps ? cause.code : null, at: index ?? entry ?? null };
}
