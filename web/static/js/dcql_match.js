/**
 * Holding a DCQL query against the SD-JWT VCs in a wallet, before anything is shown.
 *
 * Which of the fitting credentials to send is the holder's choice. OpenID4VP 1.0 §6.4. Credentials
 * of other formats are not held here, so a query for one finds nothing.
 */

import { locate, pathKey } from './claims.js';
import { SD_JWT_VC } from './dcql.js';

/** Why a credential does not answer a query. */
export const Reason = Object.freeze({
  OTHER_FORMAT: 'other-format',
  OTHER_TYPE: 'other-type',
  NOT_HOLDER_BOUND: 'not-holder-bound',
  AUTHORITY_UNKNOWN: 'authority-unknown',
  CLAIM_MISSING: 'claim-missing',
  CLAIM_OTHER_VALUE: 'claim-other-value',
});

/**
 * Find what a wallet can answer, disclosing the least: the first claim set that it can satisfy.
 *
 * candidates: [{id, typeUrl, claims, holderBound}]: SD-JWT VCs as the wallet holds them.
 * Returns {credentials, choices}. credentials: a Map from credential query id to {fits, misfits};
 * fits: [{candidate, disclose}], `disclose` concrete paths; misfits: [{candidate, reasons}], each
 * reason {reason, path}, the path null but for claims. choices: [{required, options}], the options
 * that can be delivered, best first. Spec: OpenID4VP 1.0 §6.4.
 */
export function match(query, candidates) {
  const matches = query.credentials.map((item) => [item.id, matchOne(item, candidates)]);
  const credentials = new Map(matches);
  const isAvailable = (id) => credentials.get(id).fits.length > 0;
  const choices = query.sets.map(({ options, required }) => ({
    required, options: options.filter((ids) => ids.every(isAvailable)),
  }));
  return { credentials, choices };
}

function matchOne(query, candidates) {
  const judged = candidates.map((candidate) => ({ candidate, ...judge(query, candidate) }));
  return {
    fits: judged.filter(({ reasons }) => !reasons.length)
      .map(({ candidate, disclose }) => ({ candidate, disclose })),
    misfits: judged.filter(({ reasons }) => reasons.length)
      .map(({ candidate, reasons }) => ({ candidate, reasons })),
  };
}

/** The paths to disclose, and every reason against it. */
function judge(query, candidate) {
  const { disclose, reasons } = judgeContent(query, candidate);
  // None of the trust frameworks of §6.1.1 certifies what is held here, so the verifier would
  // refuse it after having seen it.
  const authority = query.hasTrustedAuthorities ? [why(Reason.AUTHORITY_UNKNOWN)] : [];
  return { disclose, reasons: [...reasons, ...authority] };
}

function judgeContent(query, candidate) {
  if (query.format !== SD_JWT_VC) return { reasons: [why(Reason.OTHER_FORMAT)] };
  if (!query.vctValues.includes(candidate.typeUrl)) return { reasons: [why(Reason.OTHER_TYPE)] };
  const { disclose, reasons } = judgeClaims(query, candidate.claims);
  const isBound = candidate.holderBound || !query.requireHolderBinding;
  return { disclose, reasons: isBound ? reasons : [why(Reason.NOT_HOLDER_BOUND), ...reasons] };
}

function judgeClaims(query, claims) {
  // Each claim is looked up once, however many options share it.
  const found = new Map(query.claims.map((claim) => [claim, findClaim(claim, claims)]));
  const lacking = new Map();
  for (const option of query.options) {
    const results = option.map((claim) => found.get(claim));
    const reasons = results.flatMap(({ reason }) => (reason ? [reason] : []));
    if (!reasons.length) {
      return { disclose: eachOnce(results.flatMap(({ paths }) => paths)), reasons: [] };
    }
    reasons.forEach((reason) => lacking.set(`${reason.reason} ${pathKey(reason.path)}`, reason));
  }
  return { reasons: [...lacking.values()] };
}

/** Where the claim is, with an expected value if any is expected; or why it is not there. */
function findClaim({ path, values }, claims) {
  const located = locate(claims, path);
  if (!located.length) return { reason: why(Reason.CLAIM_MISSING, path) };
  const fitting = located.filter(([, value]) => !values.length || values.includes(value));
  if (!fitting.length) return { reason: why(Reason.CLAIM_OTHER_VALUE, path) };
  return { paths: fitting.map(([at]) => at) };
}

function eachOnce(paths) {
  return [...new Map(paths.map((path) => [pathKey(path), path])).values()];
}

function why(reason, path = null) {
  return Object.freeze({ reason, path });
}
