/**
 * Names for people, by language, as issuer metadata gives them in three places.
 *
 * Logos and pictures are left out on purpose: a wallet does not load them from strangers, because
 * the request would tell the issuer who looks at what. OpenID4VCI 1.0 §12.2.4, appendix B.2.
 */

import { Malformed } from './errors.js';

export const MAX_LANGUAGES = 64;
export const MAX_NAME_CHARS = 300;
export const MAX_DESCRIPTION_CHARS = 2000;
export const MAX_LOCALE_CHARS = 64;

/**
 * Read the `display` member of a JsonObject: [{name, locale, description}], empty if it has none.
 *
 * Each of the three may be null; locale: a BCP 47 tag. Throws Malformed for an empty array, or two
 * entries for one language.
 */
export function parseDisplays(owner) {
  if (!owner.has('display')) return [];
  const displays = owner.objects('display', { maxItems: MAX_LANGUAGES }).map(parseDisplay);
  const locales = new Set(displays.map(({ locale }) => locale));
  if (!displays.length || locales.size !== displays.length) {
    throw new Malformed('display must have one entry for each language, and at least one');
  }
  return displays;
}

function parseDisplay(item) {
  return Object.freeze({
    name: item.textOrNull('name', { maxChars: MAX_NAME_CHARS }),
    locale: item.textOrNull('locale', { maxChars: MAX_LOCALE_CHARS }),
    description: item.textOrNull('description', { maxChars: MAX_DESCRIPTION_CHARS }),
  });
}
