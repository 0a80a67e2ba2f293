/**
 * What a wallet checks before it keeps a credential: everything that a verifier would, and that it
 * is bound to the key that was made for it.
 *
 * A holder who keeps a credential that nobody will accept finds out at the worst moment.
 */

import { verifyClaims } from './claim_checks.js';
import { SD_JWT_VC } from './dcql.js';
import { Purpose } from './did_document.js';
import { IssuerNotTrusted, NotAsOffered } from './errors.js';
import { findType, permission, readPublishedType } from './published_type.js';
import { parseSdJwtVc, verifyHolder, verifySdJwtVc } from './sd_jwt_vc.js';
import { LEEWAY, Validity } from './times.js';

/**
 * The accredited agency that says it is reached at this Credential Issuer Identifier: a DID.
 *
 * Asked before anything is sent there: a tx_code must not be typed for a stranger. Throws
 * IssuerNotTrusted if there is none, or more than one.
 */
export function findIssuerDid(view, credentialIssuer, now) {
  const found = view.accreditedDids().filter((did) => (
    view.accreditationsAt(did, now).length
    && view.credentialIssuers(did).includes(credentialIssuer)
  ));
  if (found.length !== 1) {
    throw new IssuerNotTrusted('the registry knows no agency that issues at this address');
  }
  return found[0];
}

/**
 * Check a credential that was just issued; nothing that fails here is kept.
 *
 * issuerDid: whom it was asked from; offered: the configuration that was asked for; holder: the
 * public key that was proven for it; documents: a Map with the bytes at `documentPaths` of the
 * offered type. Returns {verified, type, issuer}: what `verifySdJwtVc` and `readPublishedType`
 * return, and the accreditation.
 * Throws IssuerNotTrusted, NotAsOffered, InvalidClaims, or what the credential's own verification
 * throws.
 */
export async function accept(credential, options) {
  const { issuerDid, offered, view, now } = options;
  if (offered.format !== SD_JWT_VC || typeof credential !== 'string') {
    throw new NotAsOffered('the credential is in another format than was offered');
  }
  const unverified = await parseSdJwtVc(credential);
  if (unverified.issuer !== issuerDid) {
    throw new NotAsOffered('the credential is from another agency than the offer');
  }
  const { key, retiredAt } = view.keyAt(unverified.keyId, Purpose.ASSERTION, unverified.issuedAt);
  if (retiredAt !== null) {
    throw new IssuerNotTrusted('the agency signed with a key that it has retired');
  }
  const verified = await verifySdJwtVc(unverified, key);
  const { type, issuer } = await checkType(verified, options);
  verified.validity.check(now, LEEWAY);
  new Validity(verified.issuedAt, null).check(now, LEEWAY);
  await checkBinding(unverified, verified, options.holder);
  return Object.freeze({ verified, type, issuer });
}

async function checkType(verified, { offered, view, registryUrl, documents, now }) {
  if (verified.typeUrl !== offered.vct) {
    throw new NotAsOffered('the credential is of another type than was offered');
  }
  const { schemas } = view;
  const found = findType(verified.typeUrl, { schemas, registryUrl });
  if (found === null) {
    throw new NotAsOffered('the credential is of a type that is not registered');
  }
  const type = await readPublishedType(found, { documents, schemas });
  if (verified.integrity !== null && verified.integrity !== type.integrity) {
    throw new NotAsOffered('the credential names another definition of its type');
  }
  const right = permission(type, verified.claims);
  const issuer = view.findAccreditation(verified.issuer, right, verified.issuedAt);
  if (issuer !== null && view.findAccreditation(verified.issuer, right, now) === null) {
    throw new IssuerNotTrusted("the agency's right to issue has ended; the date is from before");
  }
  if (issuer === null) {
    throw new IssuerNotTrusted('the agency may not issue this type of credential');
  }
  verifyClaims(type, verified.claims);
  return { type, issuer };
}

/** Everything that a citizen holds here is bound to a key, and can be revoked. */
async function checkBinding(unverified, verified, holder) {
  if (verified.status === null) {
    throw new NotAsOffered('the credential does not say where its status stands');
  }
  if (!holder.equals(verified.holder)) {
    throw new NotAsOffered('the credential is bound to another key than the one made for it');
  }
  if ((await verifyHolder(unverified, verified)) !== null) {
    throw new NotAsOffered('a presentation came instead of a credential');
  }
}
