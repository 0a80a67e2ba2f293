/** Credential Issuer Metadata: what an issuer issues, and where. OpenID4VCI 1.0 §12.2. */

import { parseConfiguration } from './credential_configuration.js';
import { parseDisplays } from './display.js';
import { Malformed, Unsupported } from './errors.js';
import { parseEndpoint, parseIdentifier, wellKnownUrl } from './https_url.js';
import { charCount, parseObject } from './json_object.js';
import { MAX_CONFIGURATION_ID_CHARS } from './offer.js';

export const MAX_METADATA_BYTES = 1024 * 1024;
export const MAX_CONFIGURATIONS = 256;
export const MAX_AUTHORIZATION_SERVERS = 16;

/** What an issuer publishes about itself: built by `parseIssuerMetadata`. */
export class IssuerMetadata {
  #configurations;
  #authorizationServers;

  /** nonceEndpoint: null when key proofs need no nonce. */
  constructor({ configurations, authorizationServers, ...published }) {
    Object.assign(this, published);
    this.#configurations = configurations;
    this.#authorizationServers = authorizationServers;
    Object.freeze(this);
  }

  /**
   * The configuration that an offer names. Throws Unsupported for a format not known here,
   * Malformed if the issuer has none of that name.
   */
  getConfiguration(id) {
    const found = this.#configurations.get(id);
    if (found === null) {
      throw new Unsupported('the offered credential is in a format that is not known here');
    }
    if (found === undefined) {
      throw new Malformed(
        "the offer names a credential that the issuer's metadata does not have",
      );
    }
    return found;
  }

  /**
   * Where the token comes from; `offered` is `authorizationServer` of an offer's grant, or null.
   *
   * Throws Malformed if the offer names one that the metadata does not list, or has to name one of
   * several and does not. Spec: OpenID4VCI 1.0 §4.1.1, §12.2.4.
   */
  authorizationServer(offered) {
    if (offered !== null && !this.#authorizationServers.includes(offered)) {
      throw new Malformed("the offer's authorization_server is not in the issuer's metadata");
    }
    if (offered === null && this.#authorizationServers.length > 1) {
      throw new Malformed('the offer does not say which authorization server to use');
    }
    return offered ?? this.#authorizationServers[0] ?? this.credentialIssuer;
  }
}

/** Where an issuer's metadata stands. Throws Malformed. Spec: OpenID4VCI 1.0 §12.2.2. */
export function issuerMetadataUrl(credentialIssuer) {
  return wellKnownUrl(credentialIssuer, 'openid-credential-issuer');
}

/**
 * Read the metadata of exactly this issuer: an IssuerMetadata with credentialIssuer,
 * credentialEndpoint, nonceEndpoint and display. Unknown members are ignored, as §12.2.4 demands.
 *
 * Throws Malformed if the document says it is another's (a character is enough), or is not what
 * the specification says; TooLarge beyond 1 MiB.
 */
export function parseIssuerMetadata(data, { credentialIssuer }) {
  const metadata = parseObject(data, { maxBytes: MAX_METADATA_BYTES });
  if (metadata.text('credential_issuer') !== credentialIssuer) {
    throw new Malformed("the metadata is another issuer's");
  }
  const nonceEndpoint = metadata.textOrNull('nonce_endpoint');
  checkBatch(metadata);
  return new IssuerMetadata({
    credentialIssuer: parseIdentifier(credentialIssuer),
    credentialEndpoint: parseEndpoint(metadata.text('credential_endpoint')),
    nonceEndpoint: nonceEndpoint === null ? null : parseEndpoint(nonceEndpoint),
    display: parseDisplays(metadata),
    configurations: parseConfigurations(metadata.object('credential_configurations_supported')),
    authorizationServers: parseAuthorizationServers(metadata),
  });
}

function parseConfigurations(members) {
  const names = members.names();
  if (names.length > MAX_CONFIGURATIONS) {
    throw new Malformed(`an issuer has at most ${MAX_CONFIGURATIONS} credential configurations`);
  }
  if (names.some((name) => name === '' || charCount(name) > MAX_CONFIGURATION_ID_CHARS)) {
    throw new Malformed('a credential configuration id has 1 to 256 characters');
  }
  return new Map(names.map((name) => [name, parseConfiguration(members.object(name))]));
}

function parseAuthorizationServers(metadata) {
  if (!metadata.has('authorization_servers')) return [];
  const servers = metadata.texts('authorization_servers', { maxItems: MAX_AUTHORIZATION_SERVERS });
  if (!servers.length) throw new Malformed('authorization_servers must not be empty');
  return servers.map(parseIdentifier);
}

/** Nothing here asks for a batch, but a malformed offer of one is refused all the same. */
function checkBatch(metadata) {
  const batch = metadata.objectOrNull('batch_credential_issuance');
  if (batch !== null && !(batch.integer('batch_size') >= 2)) {
    throw new Malformed('batch_size must be 2 or more');
  }
}
