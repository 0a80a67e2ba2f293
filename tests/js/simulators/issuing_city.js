/**
 * A city in memory: a registry's log with one accredited agency, one type, and its credentials.
 *
 *     const city = await issuingCity();
 *     const credential = await city.issue({ payload: { exp: 1 } });
 *     await accept(credential, city.terms());
 */

import { digestText, sha256 } from '../../../web/static/js/digest.js';
import { encodeBase64, encodeUtf8 } from '../../../web/static/js/encoding.js';
import { encodeJwk } from '../../../web/static/js/jwk.js';
import { disclosure, HOLDER, sdJwt } from './sd_jwt.js';
import { HOUR, RegistryLog, URL_OF } from './registry_log.js';

export const TYPE = 'SpecimenCredential';
export const PATH = `types/${TYPE}/v1`;
export const VCT = `${URL_OF}/${PATH}`;

/** The metadata and JSON Schema of a type; `claims`: [name, schema, 'always' or 'never']. */
export function documents(claims, schemaOfClaims = {}) {
  const subject = {
    type: 'object',
    properties: Object.fromEntries(claims.map(([name, schema]) => [name, schema])),
    required: claims.map(([name]) => name),
    additionalProperties: false,
    ...schemaOfClaims,
  };
  return new Map([
    [PATH, encodeUtf8(JSON.stringify({ vct: VCT, claims: claims.map(([name, , sd]) => ({ path: [name], sd })) }))],
    [`${PATH}/schema.json`, encodeUtf8(JSON.stringify({ properties: { credentialSubject: subject } }))],
  ]);
}

export const CLAIMS = [
  ['member', { type: 'boolean' }, 'never'],
  ['nameKo', { type: 'string', minLength: 1, maxLength: 5 }, 'always'],
  ['count', { type: 'integer', minimum: 1, maximum: 3 }, 'always'],
];

/** The city an hour after its agency was accredited. */
export async function issuingCity({ published = documents(CLAIMS), types = [TYPE] } = {}) {
  const log = await RegistryLog.begin();
  const agency = await log.member('GU-11620');
  const other = await log.member('SEL-HR');
  await log.accredit(agency, types);
  for (const [path, data] of published) await log.publish(path, data);
  log.time += HOUR;
  const integrity = `sha256-${encodeBase64(await sha256(published.get(PATH)))}`;
  return new City(log, { agency, other, published, integrity });
}

class City {
  constructor(log, parts) {
    Object.assign(this, { log, now: log.time, ...parts });
  }

  /** A credential of the agency's; payload, header: members to replace; by: another signer. */
  async issue({ payload = {}, header = {}, by = this.agency.keys['es256-1'] } = {}) {
    const name = disclosure('salt', 'nameKo', '김시범');
    const seconds = this.now / 1000;
    return sdJwt({
      iss: this.agency.did,
      iat: seconds,
      exp: seconds + 86400,
      vct: VCT,
      'vct#integrity': this.integrity,
      cnf: { jwk: encodeJwk(HOLDER.publicKey) },
      status: { status_list: { idx: 7, uri: `${URL_OF}/status/1` } },
      member: true,
      _sd: [await digestText(encodeUtf8(name))],
      ...payload,
    }, [name], { header: { typ: 'dc+sd-jwt', kid: `${this.agency.did}#es256-1`, ...header }, by });
  }

  /** What `accept` is told, with some of it changed. */
  async terms(changes = {}) {
    return {
      issuerDid: this.agency.did,
      offered: { format: 'dc+sd-jwt', vct: VCT },
      view: await this.log.view(),
      registryUrl: URL_OF,
      documents: this.published,
      holder: HOLDER.publicKey,
      now: this.now,
      ...changes,
    };
  }
}
