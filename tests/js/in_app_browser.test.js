/** Browsers inside of other apps are told by their user agent; ordinary ones never are. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { inAppBrowser, ownBrowserUrl } from '../../web/static/js/in_app_browser.js';

const ANDROID = 'Mozilla/5.0 (Linux; Android 14; SM-S918N) AppleWebKit/537.36 (KHTML, like Gecko)';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15';
const PAGE = 'https://gwanin.example/wallet/receive?a=1#credential_offer_uri=https%3A%2F%2Fx.example';

const APPS = {
  kakaotalk: [`${ANDROID} Chrome/120.0 Mobile Safari/537.36 KAKAOTALK 10.4.5`, `${IPHONE} KAKAOTALK 10.4.5`],
  line: [`${IPHONE} Safari Line/14.0.0`],
  naver: [`${ANDROID} Chrome/120.0 NAVER(inapp; search; 1000; 12.3.4)`, `${IPHONE} NAVER(inapp; blog; 100; 8.0)`],
  instagram: [`${IPHONE} Mobile/15E148 Instagram 300.0.0.0.0 (iPhone14,2)`],
  facebook: [`${IPHONE} [FBAN/FBIOS;FBAV/440.0]`, `${ANDROID} [FB_IAB/FB4A;FBAV/440.0;]`],
  daum: [`${ANDROID} Chrome/120.0 DaumApps/7.0`],
  band: [`${ANDROID} Chrome/120.0 BAND/11.0 (Android)`],
  webview: [`Mozilla/5.0 (Linux; Android 14; SM-S918N; wv) AppleWebKit/537.36 Version/4.0 Chrome/120.0`],
};
const BROWSERS = [
  `${ANDROID} Chrome/120.0.0.0 Mobile Safari/537.36`,
  `${ANDROID} SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36`,
  `${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`,
  `${IPHONE} CriOS/120.0.0.0 Mobile/15E148 Safari/604.1`,
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Whale/3.24 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; Online/1) Safari/605.1.15',
  '',
];

test('apps are told by name', () => {
  for (const [app, agents] of Object.entries(APPS)) {
    for (const agent of agents) assert.equal(inAppBrowser(agent), app, agent);
  }
});

test('browsers of their own are not', () => {
  for (const agent of BROWSERS) assert.equal(inAppBrowser(agent), null, agent);
});

test('the page is opened whole, with what stands in its fragment', () => {
  const kakao = ownBrowserUrl('kakaotalk', PAGE, IPHONE);
  assert.equal(new URL(kakao).searchParams.get('url'), PAGE);
  const line = new URL(ownBrowserUrl('line', PAGE, IPHONE));
  assert.equal(line.searchParams.get('openExternalBrowser'), '1');
  assert.equal(line.hash, new URL(PAGE).hash);
  const intent = ownBrowserUrl('naver', PAGE, ANDROID);
  const [data, options] = intent.split('#Intent;');
  assert.equal(data, PAGE.replace('https:', 'intent:'));
  assert.ok(options.startsWith('scheme=https;') && options.endsWith(';end'));
});

test('where no address helps there is none', () => {
  for (const app of ['naver', 'instagram', 'webview']) {
    assert.equal(ownBrowserUrl(app, PAGE, IPHONE), null);
  }
});
