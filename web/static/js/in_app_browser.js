/**
 * Browsers inside of other apps: what they keep is lost with a tap, so no key is made in one.
 *
 * They are told by what they say of themselves; one that says nothing can't be told.
 */

const APPS = [
  ['kakaotalk', /KAKAOTALK/i],
  ['line', /\bLine\//i],
  ['naver', /NAVER\(inapp/i],
  ['instagram', /\bInstagram\b/i],
  ['facebook', /\bFBA[NV]\b|FB_IAB/i],
  ['daum', /\bDaumApps\b/i],
  ['band', /\bBAND\//],
  ['everytime', /everytimeApp/i],
  ['tiktok', /\bBytedanceWebview\b|\bmusical_ly\b/i],
  ['webview', /; wv\)/], // any other app on Android
];

/** Which app's browser this is, by its user agent; null for a browser of its own. */
export function inAppBrowser(userAgent) {
  return APPS.find(([, said]) => said.test(userAgent))?.[0] ?? null;
}

/**
 * The address that opens a page in the phone's own browser; null where only copying helps.
 *
 * app: from `inAppBrowser`; page: the whole URL with its fragment.
 */
export function ownBrowserUrl(app, page, userAgent) {
  if (app === 'kakaotalk') {
    return `kakaotalk://web/openExternal?url=${encodeURIComponent(page)}`;
  }
  if (app === 'line') {
    const url = new URL(page);
    url.searchParams.set('openExternalBrowser', '1');
    return url.href;
  }
  // Android looks for the last #Intent; so the page may keep a fragment of its own.
  if (/Android/.test(userAgent)) {
    const { protocol, host, pathname, search, hash } = new URL(page);
    const scheme = protocol.slice(0, -1);
    return `intent://${host}${pathname}${search}${hash}#Intent;scheme=${scheme};`
      + 'action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end';
  }
  return null;
}
