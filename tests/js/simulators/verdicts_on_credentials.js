/** Works for `verdicts.js`: credentials, presentations, status lists, and the forms under them. */

import { parseObject } from '../../../web/static/js/json_object.js';
import { canonicalize } from '../../../web/static/js/jcs.js';
import { decodeUtf8 } from '../../../web/static/js/encoding.js';
import { encodeJwk } from '../../../web/static/js/jwk.js';
import { parseJson } from '../../../web/static/js/strict_json.js';
import { parseMultikey } from '../../../web/static/js/multikey.js';
import { parseSdJwtVc, present, verifyHolder, verifySdJwtVc } from '../../../web/static/js/sd_jwt_vc.js';
import { parseTokenList, verifyTokenList } from '../../../web/static/js/status_list.js';
import { parseTimestamp } from '../../../web/static/js/times.js';
import { parseCredential } from '../../../web/static/js/vcdm.js';
import { parseW3cCredential, verifyW3cCredential } from '../../../web/static/js/w3c_credential.js';
import { signer } from './keys.js';
import { bytes, publicKey } from './given.js';

export const CREDENTIALS = {
  json: ({ data }) => decodeUtf8(canonicalize(parseJson(bytes(data)))),
  timestamp: ({ text }) => Math.floor(parseTimestamp(text)),
  multikey: ({ text }) => encodeJwk(parseMultikey(text)),
  jwk: ({ members }) => encodeJwk(publicKey(members)),
  'sd-jwt-vc': async ({ token, key }) => (await opened(token, key)).summary,
  presentation: async ({ token, key, audience, nonce, now, leeway }) => {
    const { unverified, verified, summary } = await opened(token, key);
    const binding = await verifyHolder(unverified, verified);
    if (binding === null) return { ...summary, binding };
    const { audience: to, nonce: answering, issuedAt } = binding;
    binding.check({ audience, nonce, now, leeway });
    return { ...summary, binding: { to, answering, issuedAt } };
  },
  presented: async ({ token, disclose, audience, nonce, now }) => (
    present(token, { disclose, holder: await signer('ES256', 2), audience, nonce, now })
  ),
  'token-list': async ({ token, key, uri, now, leeway, index }) => {
    const unverified = parseTokenList(token);
    const list = await verifyTokenList(unverified, publicKey(key), { uri, now, leeway });
    const { issuer, keyId, issuedAt, expires, ttl } = list;
    return { issuer, keyId, issuedAt, expires, ttl, value: list.value(index), state: list.state(index) };
  },
  vcdm: ({ data }) => {
    const { types, issuer, validity, subjects } = parseCredential(parseObject(bytes(data)));
    return { types, issuer, span: span(validity), subjects: subjects.length };
  },
  'w3c-credential': async ({ data, key }) => {
    const parsed = parseW3cCredential(parseObject(bytes(data)));
    const verified = await verifyW3cCredential(parsed, publicKey(key));
    const { issuer, keyId, typeNames, validity, claims } = verified;
    return { issuer, keyId, typeNames, span: span(validity), claims };
  },
};

async function opened(token, key) {
  const unverified = await parseSdJwtVc(token);
  const verified = await verifySdJwtVc(unverified, publicKey(key));
  const { issuer, keyId, issuedAt, typeUrl, integrity, claims, status, holder } = verified;
  const summary = {
    issuer, keyId, issuedAt, typeUrl, integrity, claims, status,
    span: span(verified.validity),
    holder: holder && encodeJwk(holder),
  };
  return { unverified, verified, summary };
}

function span({ notBefore, notAfter }) {
  return [notBefore, notAfter].map((end) => end && Math.floor(end));
}
