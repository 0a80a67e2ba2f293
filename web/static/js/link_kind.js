/** What a text that somebody pasted or scanned is for: the fields tell, whatever the scheme. */

const OFFER = /^[^#?]*[#?](?:[^#]*&)?credential_offer(?:_uri)?=/;
const REQUEST = /^[^#?]*[#?](?:[^#]*&)?request_uri=/;
const SHOWN = /^GWN[0-9]+:/; // what our own QR codes for showing begin with

/**
 * `offer`, `request`, `shown` (another citizen's QR code, which a verifier reads) or null.
 *
 * It decides only which page reads the text; that page's parser says whether it is one.
 */
export function kindOfLink(text) {
  if (SHOWN.test(text)) return 'shown';
  if (OFFER.test(text)) return 'offer';
  return REQUEST.test(text) ? 'request' : null;
}
