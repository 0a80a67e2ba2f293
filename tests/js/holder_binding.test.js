/** A holder's signature is for one verifier, one request and one moment; so is a QR code's. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HolderBinding, MAX_BINDING_AGE } from '../../web/static/js/holder_binding.js';
import {
  AUDIENCE, MAX_QR_CHARS, WINDOW, buildPresentationQr, checkWindow, parsePresentationQr,
} from '../../web/static/js/presentation_qr.js';
import { parseSdJwtVc, verifyHolder, verifySdJwtVc } from '../../web/static/js/sd_jwt_vc.js';
import { LEEWAY } from '../../web/static/js/times.js';
import { issuingCity } from './simulators/issuing_city.js';
import { refused } from './simulators/refused.js';
import { HOLDER } from './simulators/sd_jwt.js';

const NOW = Date.parse('2026-03-13T03:04:30Z');
const START = Date.parse('2026-03-13T03:04:00Z');
const check = (changes = {}, binding = {}) => (
  new HolderBinding({ audience: 'a', nonce: 'n', issuedAt: NOW, ...binding })
    .check({ audience: 'a', nonce: 'n', now: NOW, leeway: LEEWAY, ...changes })
);

test('holds for its verifier, its request and its time', async () => {
  check();
  check({ now: NOW - LEEWAY });
  check({ now: NOW + MAX_BINDING_AGE + LEEWAY });
  await refused('binding-invalid', () => check({ audience: 'b' }));
  await refused('binding-invalid', () => check({ nonce: 'm' }));
  await refused('binding-invalid', () => check({ now: NOW - LEEWAY - 1 }));
  await refused('binding-invalid', () => check({ now: NOW + MAX_BINDING_AGE + LEEWAY + 1 }));
  await refused('binding-invalid', () => check({ audience: null }, { audience: undefined }));
});

const CITY = await issuingCity();
const qr = async (credential, now = NOW) => (
  buildPresentationQr(credential, { disclose: [['nameKo']], holder: HOLDER, now })
);

test('a QR code gives back the presentation that is in it', async () => {
  const text = await qr(await CITY.issue());
  assert.match(text, /^GWN1:[0-9A-Z $%*+\-./:]+$/);
  const unverified = await parseSdJwtVc(await parsePresentationQr(text));
  const verified = await verifySdJwtVc(unverified, CITY.agency.keys['es256-1'].publicKey);
  const binding = await verifyHolder(unverified, verified);
  assert.deepEqual([verified.claims.nameKo, binding.audience, binding.nonce], ['김시범', AUDIENCE, '2026-03-13T03:04:00Z']);
  for (const now of [NOW, START - LEEWAY + 30_000, START + WINDOW + LEEWAY - 1]) checkWindow(binding, now);
});

test('refuses a QR code for a credential of nobody', async () => {
  const credential = await CITY.issue({ payload: { cnf: undefined } });
  await refused('malformed', () => qr(credential));
});

test('refuses what no QR code holds', async () => {
  const random = crypto.getRandomValues(new Uint8Array(4000));
  const credential = await CITY.issue({ payload: { noise: [...random].join('') } });
  await refused('too-large', () => qr(credential));
  await refused('too-large', () => parsePresentationQr('GWN1:'.padEnd(MAX_QR_CHARS + 1, '0')));
});

test('refuses another version, and what is no QR code of ours', async () => {
  await refused('unsupported', () => parsePresentationQr('GWN2:AA'));
  for (const text of ['', 'GWN:AA', 'gwn1:AA', 'https://a.example', 'GWN1:', 'GWN1:é', 'GWN1:BB8']) {
    await refused('malformed', () => parsePresentationQr(text));
  }
  const text = await qr(await CITY.issue());
  await refused('malformed', () => parsePresentationQr(text.replace('GWN1:', 'ABCD:')));
});

const inWindow = (changes, now = NOW) => checkWindow(
  new HolderBinding({ audience: AUDIENCE, nonce: '2026-03-13T03:04:00Z', issuedAt: NOW, ...changes }), now,
);

test('a QR code is for its window alone', async () => {
  inWindow({});
  inWindow({ issuedAt: START });
  inWindow({ issuedAt: START + WINDOW - 1 }, START + WINDOW);
  await refused('binding-invalid', () => inWindow({ audience: 'decentralized_identifier:did:web:a' }));
  await refused('binding-invalid', () => inWindow({ nonce: '2026-03-13T03:04:30Z' }));
  await refused('binding-invalid', () => inWindow({ nonce: '2026-03-13T12:04:00+09:00' }));
  await refused('malformed', () => inWindow({ nonce: 'n' }));
  await refused('binding-invalid', () => inWindow({ issuedAt: START - 1 }));
  await refused('binding-invalid', () => inWindow({ issuedAt: START + WINDOW }, START + WINDOW));
  await refused('binding-invalid', () => inWindow({ issuedAt: START }, START - LEEWAY - 1));
  await refused('binding-invalid', () => inWindow({ issuedAt: START + WINDOW - 1 }, START + WINDOW + LEEWAY));
  inWindow({ issuedAt: START + WINDOW - 1 }, START + WINDOW + LEEWAY - 1);
});
