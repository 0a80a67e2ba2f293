/** Works for `verdicts.js`: reading the messages of OpenID4VCI and OpenID4VP. */

import {
  peekKeyId, verifierDid, verifyRequestObject,
} from '../../../web/static/js/authorization_request.js';
import { buildRefusal, buildResponse, parseAnswer } from '../../../web/static/js/authorization_response.js';
import { locate, parseClaimPath } from '../../../web/static/js/claims.js';
import { parseQuery } from '../../../web/static/js/dcql.js';
import { match } from '../../../web/static/js/dcql_match.js';
import { decodeUtf8 } from '../../../web/static/js/encoding.js';
import { encodeForm, parseForm } from '../../../web/static/js/form.js';
import { parseEndpoint, parseIdentifier, parseRedirect, wellKnownUrl } from '../../../web/static/js/https_url.js';
import {
  buildCredentialRequest, buildTokenRequest, parseCredentialResponse, parseErrorResponse,
  parseNonceResponse, parseTokenResponse,
} from '../../../web/static/js/issuance.js';
import { parseIssuerMetadata } from '../../../web/static/js/issuer_metadata.js';
import { buildKeyProof } from '../../../web/static/js/key_proof.js';
import { parseOffer, parseOfferLink } from '../../../web/static/js/offer.js';
import { parseRequestLink } from '../../../web/static/js/request_link.js';
import { parseServerMetadata, serverMetadataUrl } from '../../../web/static/js/server_metadata.js';
import { signer } from './keys.js';
import { bytes, publicKey } from './given.js';

export const MESSAGES = {
  identifier: ({ text }) => parseIdentifier(text),
  endpoint: ({ text }) => parseEndpoint(text),
  redirect: ({ text }) => parseRedirect(text),
  'well-known': ({ text }) => wellKnownUrl(text, 'openid-credential-issuer'),
  'server-metadata-url': ({ text }) => serverMetadataUrl(text),
  form: ({ text, maxChars }) => parseForm(text, { maxChars }).members,
  'form-written': ({ fields }) => encodeForm(fields),
  offer: ({ data }) => parseOffer(bytes(data)),
  'offer-link': ({ link }) => parseOfferLink(link),
  'request-link': ({ link }) => parseRequestLink(link),
  'issuer-metadata': ({ data, credentialIssuer, configuration, offered }) => {
    const metadata = parseIssuerMetadata(bytes(data), { credentialIssuer });
    const { format, vct, bindingMethods, proofAlgorithms, display, claims } = (
      metadata.getConfiguration(configuration)
    );
    const { credentialEndpoint, nonceEndpoint } = metadata;
    return {
      credentialEndpoint,
      nonceEndpoint,
      display: metadata.display,
      server: metadata.authorizationServer(offered),
      configuration: { format, vct, bindingMethods, proofAlgorithms, display, claims },
    };
  },
  'server-metadata': ({ data, issuer }) => parseServerMetadata(bytes(data), { issuer }),
  'token-response': ({ data }) => parseTokenResponse(bytes(data)),
  'nonce-response': ({ data }) => parseNonceResponse(bytes(data)),
  'credential-response': ({ data }) => parseCredentialResponse(bytes(data)),
  'error-response': ({ data }) => parseErrorResponse(bytes(data)),
  answer: ({ data }) => parseAnswer(bytes(data)),
  'claim-path': ({ path }) => parseClaimPath(path),
  located: ({ claims, path }) => locate(claims, parseClaimPath(path)),
  query: ({ query }) => summary(parseQuery(query)),
  match: ({ query, candidates }) => matched(match(parseQuery(query), candidates)),
  'verifier-did': ({ text }) => verifierDid(text),
  'key-id': ({ token, clientId }) => peekKeyId(token, { clientId }),
  request: async ({ token, key, clientId, walletNonce, now }) => {
    const { query, ...request } = await verifyRequestObject(token, publicKey(key), {
      clientId, walletNonce, now,
    });
    return { ...request, query: summary(query) };
  },
  'key-proof': async ({ type, configuration, audience, nonce, now }) => (
    buildKeyProof(await signer(type, 2), { configuration, audience, nonce, now })
  ),
  'token-request': (given) => buildTokenRequest(given),
  'credential-request': (given) => decodeUtf8(buildCredentialRequest(given)),
  response: ({ presentations, state, issuanceProofs }) => buildResponse({
    presentations: new Map(Object.entries(presentations)), state, issuanceProofs,
  }),
  refusal: (given) => buildRefusal(given),
};

/** A query without what only our modules have. */
function summary({ credentials, sets }) {
  return {
    credentials: credentials.map(({ options, ...item }) => ({
      ...item, options: options.map((claims) => claims.map(({ path }) => path)),
    })),
    sets,
  };
}

function matched({ credentials, choices }) {
  const byId = [...credentials].map(([id, { fits, misfits }]) => [id, {
    fits: fits.map(({ candidate, disclose }) => [candidate.id, disclose]),
    misfits: misfits.map(({ candidate, reasons }) => (
      [candidate.id, reasons.map(({ reason, path }) => [reason, path])]
    )),
  }]);
  return { credentials: Object.fromEntries(byId), choices };
}
