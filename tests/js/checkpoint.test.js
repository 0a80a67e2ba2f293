/** Signed notes and checkpoints: our own vector, and one change at a time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseCheckpoint, verifyCheckpoint } from '../../web/static/js/checkpoint.js';
import { concatBytes, encodeBase64, encodeUtf8 } from '../../web/static/js/encoding.js';
import { sha256 } from '../../web/static/js/digest.js';
import { KeyType } from '../../web/static/js/keys.js';
import { Frontier, leafHash } from '../../web/static/js/merkle.js';
import { MAX_NOTE_BYTES, parseNote, parseVerifierKey } from '../../web/static/js/note.js';
import { signerFromSecret } from './simulators/keys.js';
import { Random } from './simulators/random.js';
import { refused, refusedOrDone } from './simulators/refused.js';
import { readJson } from './simulators/vectors.js';

const VECTOR = readJson('seoul/log.json');
const [TEXT, LINE] = VECTOR.checkpoint.split('\n\n').map((part, at) => (at ? part : `${part}\n`));
const NAME = 'registry.gwanin.example/2026';
const KEY = await parseVerifierKey(VECTOR.key);
const seed = async (label) => new Uint8Array(await crypto.subtle.digest('SHA-256', encodeUtf8(label)));
const LOG = await signerFromSecret(KeyType.ED25519, await seed('log'));
const STRANGER = await signerFromSecret(KeyType.ED25519, await seed('stranger'));

async function keyText(by, name = NAME, type = 1) {
  const material = concatBytes([type], by.publicKey.raw);
  const id = (await sha256(concatBytes(encodeUtf8(`${name}\n`), material))).subarray(0, 4);
  return `${name}+${hexOf(id)}+${encodeBase64(material)}`;
}

function hexOf(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function line(text, by = LOG, name = NAME) {
  const { keyId } = await parseVerifierKey(await keyText(by, name));
  return `\u2014 ${name} ${encodeBase64(concatBytes(keyId, await by.sign(encodeUtf8(text))))}\n`;
}

const verify = (note, key = KEY) => verifyCheckpoint(encodeUtf8(note), key);
const signed = async (text) => `${text}\n${await line(text)}`;

test('reads the head that the log of our vector has signed', async () => {
  let frontier = new Frontier();
  for (const leaf of VECTOR.leaves) frontier = await frontier.append(await leafHash(encodeUtf8(leaf)));
  const { origin, size, root, extension } = await verify(VECTOR.checkpoint);
  assert.deepEqual([origin, size, root, extension], [NAME, 3, await frontier.root(), []]);
  assert.equal(await signed(TEXT), VECTOR.checkpoint);
  assert.equal(await keyText(LOG), VECTOR.key);
});

test('leaves signatures of others aside, but not a wrong one of its own', async () => {
  const witness = await line(TEXT, STRANGER, 'witness.example');
  await verify(VECTOR.checkpoint + witness);
  await verify(`${TEXT}\n${witness}${LINE}`);
  await refused('checkpoint-not-signed', () => verify(`${TEXT}\n${witness}`));
  const wrong = await line(`${TEXT}x\n`);
  await refused('signature-invalid', () => verify(`${TEXT}\n${wrong}`));
  await refused('signature-invalid', () => verify(VECTOR.checkpoint + wrong));
  const impostor = await line(TEXT, STRANGER);
  await refused('checkpoint-not-signed', () => verify(`${TEXT}\n${impostor}`));
});

test('refuses a head of another log, by the same key', async () => {
  const other = TEXT.replace(NAME, 'registry.gwanin.example/2025');
  const note = await signed(other);
  await refused('key-mismatch', () => verify(note));
});

test('refuses another text under the signature', () => (
  refused('signature-invalid', () => verify(VECTOR.checkpoint.replace('\n3\n', '\n4\n')))
));

const ROOT = TEXT.split('\n')[2];
const TEXTS = {
  'two lines': `${NAME}\n3\n`,
  'an empty line': `${NAME}\n3\n${ROOT}\n\nx\n`,
  'no line break at its end': TEXT.slice(0, -1),
  'a leading zero': TEXT.replace('\n3\n', '\n03\n'),
  'a sign': TEXT.replace('\n3\n', '\n+3\n'),
  'a size beyond 2^53-1': TEXT.replace('\n3\n', '\n9007199254740992\n'),
  'a size of twenty digits': TEXT.replace('\n3\n', '\n10000000000000000000\n'),
  'a short root': TEXT.replace(ROOT, 'AAAA'),
  'a root in another spelling': TEXT.replace('=', ''),
  'an empty log with a root': TEXT.replace('\n3\n', '\n0\n'),
};

for (const [what, text] of Object.entries(TEXTS)) {
  test(`refuses a checkpoint with ${what}`, () => (
    refused('malformed', () => parseCheckpoint(encodeUtf8(text)))
  ));
}

test('reads the head of an empty log, and extension lines', () => {
  const empty = `${NAME}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`;
  assert.equal(parseCheckpoint(encodeUtf8(empty)).size, 0);
  assert.deepEqual(parseCheckpoint(encodeUtf8(`${TEXT}a\nb\n`)).extension, ['a', 'b']);
});

const NOTES = {
  'nothing': '',
  'no blank line': TEXT + LINE,
  'no text': `\n\n${LINE}`,
  'no signature': `${TEXT}\n`,
  'no line break at its end': VECTOR.checkpoint.slice(0, -1),
  'a control character': VECTOR.checkpoint.replace('3', '\r3'),
  'a hyphen for its dash': VECTOR.checkpoint.replace('\u2014', '-'),
  'a name with a plus': VECTOR.checkpoint.replace(`\u2014 ${NAME}`, '\u2014 a+b'),
  'a name with a space of Unicode': VECTOR.checkpoint.replace(`\u2014 ${NAME}`, '\u2014 a\u2003b'),
  'no name': VECTOR.checkpoint.replace(`\u2014 ${NAME}`, '\u2014 '),
  'a name of 256 characters': VECTOR.checkpoint.replace(`\u2014 ${NAME}`, `\u2014 ${'a'.repeat(256)}`),
  'a signature in another spelling': VECTOR.checkpoint.replace(/=*\n$/, '\n'),
  'a signature without a value': `${TEXT}\n\u2014 ${NAME} AAAAAA==\n`,
  'a line with nothing after the name': `${TEXT}\n\u2014 ${NAME}\n`,
};

for (const [what, note] of Object.entries(NOTES)) {
  test(`refuses a note with ${what}`, () => refused('malformed', () => parseNote(encodeUtf8(note))));
}

test('has bounds for a note and for its signatures', async () => {
  const sixtyFour = `${TEXT}\n${LINE.repeat(64)}`;
  assert.equal(parseNote(encodeUtf8(sixtyFour)).signatures.length, 64);
  await refused('too-large', () => parseNote(encodeUtf8(sixtyFour + LINE)));
  await refused('too-large', () => parseNote(new Uint8Array(MAX_NOTE_BYTES + 1).fill(0x61)));
  await refused('malformed', () => parseNote(Uint8Array.of(0x61, 0xff)));
});

test('refuses a verifier key that is not its own', async () => {
  const [name, id, material] = VECTOR.key.split('+');
  const bad = {
    'no parts': NAME,
    'two parts': `${name}+${id}`,
    'another name': `other+${id}+${material}`,
    'another id': `${name}+00000000+${material}`,
    'an id in capitals': `${name}+${id.toUpperCase()}+${material}`,
    'a short id': `${name}+${id.slice(2)}+${material}`,
    'no name': `+${id}+${material}`,
    'a short key': `${name}+${id}+${encodeBase64(concatBytes([1], LOG.publicKey.raw.slice(1)))}`,
    'a key in another spelling': VECTOR.key.slice(0, -1),
  };
  for (const text of Object.values(bad)) await refused('malformed', () => parseVerifierKey(text));
  const other = await keyText(LOG, NAME, 4);
  await refused('unsupported', () => parseVerifierKey(other));
});

test('gives a head or our error for any bytes', async () => {
  const random = new Random(14);
  const valid = encodeUtf8(VECTOR.checkpoint);
  for (let i = 0; i < 500; i += 1) {
    await refusedOrDone(() => verifyCheckpoint(random.damaged(valid), KEY));
    await refusedOrDone(() => parseCheckpoint(random.damaged(encodeUtf8(TEXT))));
    await refusedOrDone(() => parseVerifierKey(String.fromCharCode(...random.damaged(encodeUtf8(VECTOR.key)))));
  }
});
