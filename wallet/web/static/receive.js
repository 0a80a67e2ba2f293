/**
 * Fetches what an offer stands for: OpenID4VCI 1.0 from the wallet's side, in two halves.
 *
 * open: what is offered, by whom, and may they      (the person types a code in between)
 * redeem: the credential, bound to a key of its own, and checked
 *
 * Nothing is sent to an issuer that the registry does not know.
 */

import { accept, findIssuerDid } from '/static/js/acceptance.js';
import { NotAsOffered, Unsupported } from '/static/js/errors.js';
import {
  buildCredentialRequest, buildTokenRequest, parseCredentialResponse, parseNonceResponse,
  parseTokenResponse,
} from '/static/js/issuance.js';
import { issuerMetadataUrl, parseIssuerMetadata } from '/static/js/issuer_metadata.js';
import { buildKeyProof, holderKeyType } from '/static/js/key_proof.js';
import { generateSigner } from '/static/js/keys.js';
import { parseOffer, parseOfferLink } from '/static/js/offer.js';
import { documentPaths, findType } from '/static/js/published_type.js';
import { parseServerMetadata, serverMetadataUrl } from '/static/js/server_metadata.js';
import { get, postForm, postJson } from './exchange.js';

/**
 * Read an offer and ask the registry who offers it.
 *
 * Returns {offer, issuerDid, issuer, metadata, configuration, view, uri, token}; issuer: its
 * accreditation; uri: where the offer stands, or null; token: null until `redeem` has one.
 * Throws IssuerNotTrusted, NotAsOffered, Unsupported, or what the messages' parsers throw.
 */
export async function openOffer(link, world) {
  const { offer, uri } = await readOffer(link);
  const view = await world.view();
  const now = await world.now();
  const issuerDid = findIssuerDid(view, offer.credentialIssuer, now);
  const metadata = parseIssuerMetadata(await get(issuerMetadataUrl(offer.credentialIssuer)), {
    credentialIssuer: offer.credentialIssuer,
  });
  const configuration = metadata.getConfiguration(offer.configurationIds[0]);
  const [issuer] = view.accreditationsAt(issuerDid, now);
  return { offer, issuerDid, issuer, metadata, configuration, view, uri, token: null };
}

/** Ask whether an offer still stands after a wrong code. Throws CounterpartRefused if it is over. */
export async function checkStillOffered({ uri }) {
  if (uri !== null) await get(uri, { cache: 'no-cache' }); // what came inside a link can't be asked
}

/** A key for the credential of an opened offer: a Signer. Throws Unsupported. */
export function makeKey({ configuration }) {
  return generateSigner(holderKeyType(configuration));
}

/**
 * Fetch the credential of an opened offer and check it: {credential, accepted}.
 *
 * txCode: what the person typed, or null. A wrong one throws CounterpartRefused with the error
 * `invalid_grant`, and may be tried again. Throws what `accept` throws for a credential that must
 * not be kept. A code is good for one token, so that is kept in `opened` for another try.
 */
export async function redeem(opened, { txCode, signer, world }) {
  const { offer, metadata, configuration, issuerDid, view } = opened;
  const documents = await typeDocuments(configuration, view, world.anchor);
  opened.token ??= await fetchToken(opened, txCode);
  const proof = await proveKey(metadata, configuration, { signer, now: await world.now() });
  const request = buildCredentialRequest({
    configurationId: offer.configurationIds[0], proofs: proof,
  });
  const answer = await postJson(metadata.credentialEndpoint, request, { bearer: opened.token });
  const { credentials } = parseCredentialResponse(answer);
  if (credentials.length !== 1) {
    throw new NotAsOffered('one credential was asked for, and another number came');
  }
  const [credential] = credentials;
  const accepted = await accept(credential, {
    issuerDid,
    offered: configuration,
    holder: signer.publicKey,
    view,
    registryUrl: world.anchor.registry,
    documents,
    now: await world.now(),
  });
  return { credential, accepted };
}

async function readOffer(link) {
  const { offer: inline, uri } = parseOfferLink(link);
  const offer = inline ?? parseOffer(await get(uri));
  if (offer.preAuthorized === null || offer.configurationIds.length !== 1) {
    throw new Unsupported('only offers of one credential with a pre-authorized code are taken');
  }
  return { offer, uri };
}

async function fetchToken({ offer, metadata }, txCode) {
  const server = metadata.authorizationServer(offer.preAuthorized.authorizationServer);
  const { tokenEndpoint } = parseServerMetadata(await get(serverMetadataUrl(server)), {
    issuer: server,
  });
  const form = buildTokenRequest({ code: offer.preAuthorized.code, txCode });
  return parseTokenResponse(await postForm(tokenEndpoint, form)).accessToken;
}

async function proveKey(metadata, configuration, { signer, now }) {
  if (!configuration.bindingMethods.length) return [];
  if (metadata.nonceEndpoint === null) {
    throw new Unsupported('the issuer has no nonce endpoint, so its key proofs could be replayed');
  }
  const nonce = parseNonceResponse(await postForm(metadata.nonceEndpoint, ''));
  return [await buildKeyProof(signer, {
    configuration, audience: metadata.credentialIssuer, nonce, now,
  })];
}

/** What the registry has published of the type: fetched before the offer is used up. */
async function typeDocuments({ vct }, { schemas }, { registry }) {
  const type = vct === null ? null : findType(vct, { schemas, registryUrl: registry });
  if (type === null) throw new Unsupported('a credential of a type or format not known here');
  const { metadata, schema } = documentPaths(type);
  return new Map(await Promise.all([
    [metadata, 'application/json'], [schema, 'application/schema+json'],
  ].map(async ([path, accepted]) => [path, await get(`${registry}/${path}`, { accept: accepted })])));
}
