/**
 * Links that open a wallet: a custom scheme, or the web wallet's address.
 *
 * The web wallet gets its fields in the *fragment*, which browsers keep to themselves: no server
 * sees or logs the code in an offer. OpenID4VCI 1.0 §4.1 and §12.1, OpenID4VP 1.0 §9 and §13.1.2.
 */

import { Malformed, TooLarge } from './errors.js';
import { parseForm } from './form.js';
import { parseRedirect } from './https_url.js';

export const MAX_LINK_CHARS = 8 * 1024; // the longest URL that the web server takes

// What stands between the scheme and the query is the wallet's address; it carries no meaning.
const CUSTOM = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/[A-Za-z0-9.-]*)?\/?\?(.*)$/;

/**
 * Read the fields of `scheme://?…` in one of these schemes, or of `https://wallet#…`: a JsonObject.
 *
 * schemes: lower case, without the colon. Throws Malformed or TooLarge.
 */
export function parseWalletLink(link, { schemes }) {
  if (link.length > MAX_LINK_CHARS) {
    throw new TooLarge(`a link has at most ${MAX_LINK_CHARS} characters`);
  }
  const custom = CUSTOM.exec(link);
  if (custom !== null && schemes.includes(custom[1].toLowerCase())) return fieldsOf(custom[2]);
  const [wallet, ...fragment] = link.split('#');
  if (wallet.includes('?')) {
    throw new Malformed('a web wallet is given its fields in the fragment of the link');
  }
  parseRedirect(wallet);
  return fieldsOf(fragment.join('#'));
}

function fieldsOf(text) {
  if (text.includes('#')) throw new Malformed('a link holds one fragment at most');
  return parseForm(text, { maxChars: MAX_LINK_CHARS });
}
