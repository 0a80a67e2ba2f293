/** Whether a question stays within the registration of its asker. */

import { test } from 'node:test';

import { parseQuery } from '../../web/static/js/dcql.js';
import { checkScope } from '../../web/static/js/scope.js';
import { PATH, TYPE, VCT } from './simulators/issuing_city.js';
import { refused } from './simulators/refused.js';
import { URL_OF } from './simulators/registry_log.js';

const OTHER = 'types/OtherCredential/v2';
const REGISTRATION = { attributes: new Set([`${TYPE}.member`, `${TYPE}.gu.11620`, 'OtherCredential.member', `${TYPE}.list..0`]) };
const CATALOGUE = { schemas: new Map([[PATH, 1], [OTHER, 1]]), registryUrl: URL_OF };
const GENERIC = 'VerifiableCredential';

const check = (...credentials) => checkScope(parseQuery({
  credentials: credentials.map((item, at) => ({ id: `q${at}`, format: 'dc+sd-jwt', ...item })),
}), REGISTRATION, CATALOGUE);
const sdJwt = (claims, urls = [VCT]) => ({ meta: { vct_values: urls }, claims: claims?.map((path) => ({ path })) });
const w3c = (claims, types = [[GENERIC, VCT]]) => ({
  format: 'ldp_vc', meta: { type_values: types }, claims: claims.map((path) => ({ path })),
});

const WITHIN = {
  'what is registered': [sdJwt([['member'], ['gu', '11620']])],
  'two types that have it': [sdJwt([['member']], [VCT, `${URL_OF}/${OTHER}`])],
  'a W3C credential': [w3c([['credentialSubject', 'member']])],
  'a W3C credential by its own type alone': [w3c([['credentialSubject', 'member']], [[VCT]])],
  'two credentials': [sdJwt([['member']]), w3c([['credentialSubject', 'gu', '11620']])],
};
const BEYOND = {
  'another claim': [sdJwt([['member'], ['nameKo']])],
  'more than a claim': [sdJwt([['gu']])],
  'a claim inside of one': [sdJwt([['member', 'x']])],
  'a claim that only one of the types may show': [sdJwt([['gu', '11620']], [VCT, `${URL_OF}/${OTHER}`])],
  'every claim': [{ meta: { vct_values: [VCT] } }],
  'a type that is not logged': [sdJwt([['member']], [`${URL_OF}/types/${TYPE}/v2`])],
  'a type of another registry': [sdJwt([['member']], [`https://other.example/${PATH}`])],
  'another type besides': [sdJwt([['member']], [VCT, 'https://other.example/x'])],
  'a format that is not issued': [{ format: 'mso_mdoc', meta: {}, claims: [{ path: ['member'] }] }],
  'a part of a W3C credential that is no claim': [w3c([['issuer', 'member']])],
  'all claims of a W3C credential': [w3c([['credentialSubject']])],
  'a W3C credential of any type': [w3c([['credentialSubject', 'member']], [[GENERIC]])],
  'a W3C credential of two types': [w3c([['credentialSubject', 'member']], [[VCT, `${URL_OF}/${OTHER}`]])],
  'a second credential beyond it': [sdJwt([['member']]), sdJwt([['nameKo']])],
};

for (const [name, credentials] of Object.entries(WITHIN)) {
  test(`allows to ask for ${name}`, () => check(...credentials));
}

for (const [name, credentials] of Object.entries(BEYOND)) {
  test(`refuses to ask for ${name}`, () => refused('over-asking', () => check(...credentials)));
}
