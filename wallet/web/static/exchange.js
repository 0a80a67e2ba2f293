/**
 * One message to an issuer, a verifier or the registry, and its answer.
 *
 * What is on our own origin is asked directly. Everything else goes through our relay, as browsers
 * let no page read other origins; it passes on, and keeps nothing.
 */

import { concatBytes, decodeUtf8 } from '/static/js/encoding.js';
import { CounterpartRefused, Refusal, TooLarge } from '/static/js/errors.js';
import { parseErrorResponse } from '/static/js/issuance.js';
import { parseObject } from '/static/js/json_object.js';
import { data } from './page.js';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const SECONDS = 30;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_PROBLEM_BYTES = 64 * 1024;
const RELAY = '/wallet/relay';

/** Nobody could be reached, or what came was not what was asked for. */
export class FetchFailed extends Refusal {
  static code = 'fetch-failed';
}

/** What our relay refuses, with its own code. */
class Refused extends Refusal {
  constructor(detail, code) {
    super(detail);
    this.code = code;
  }
}

/**
 * GET a document: its bytes. accept: a media type, or several. cache: `no-cache` where an answer of a minute ago will not do.
 *
 * Throws CounterpartRefused, FetchFailed, TooLarge or a refusal of our relay.
 */
export function get(url, { accept = JSON_TYPE, cache = 'default' } = {}) {
  return bytesOf({ method: 'GET', url, accept: [accept].flat() }, cache);
}

/** POST form fields, as a text: the bytes of the answer. Throws as `get`. */
export function postForm(url, body, { accept = JSON_TYPE } = {}) {
  return bytesOf({ method: 'POST', url, accept: [accept], content_type: FORM_TYPE, body });
}

/** POST JSON, as bytes, with an access token or none: the bytes of the answer. Throws as `get`. */
export function postJson(url, body, { bearer } = {}) {
  return bytesOf({
    method: 'POST', url, accept: [JSON_TYPE], content_type: JSON_TYPE, body: decodeUtf8(body),
    bearer,
  });
}

async function bytesOf(message, cache = 'default') {
  const { status, type, body } = await (
    isOurs(message.url) ? direct(message, cache) : relayed(message)
  );
  if (status !== 200) {
    throw refused(status, body);
  }
  if (!message.accept.includes(type)) {
    throw new FetchFailed('the answer has another media type than was asked for');
  }
  return body;
}

function isOurs(url) {
  return new URL(url).origin === location.origin;
}

async function direct({ method, url, accept, content_type: contentType, body, bearer }, cache) {
  const headers = { Accept: accept.join(', ') };
  if (contentType) headers['Content-Type'] = contentType;
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  const answer = await ask(url, { method, headers, body, cache });
  return { status: answer.status, type: typeOf(answer), body: await read(answer) };
}

async function relayed(message) {
  const answer = await ask(RELAY, {
    method: 'POST',
    headers: { 'Content-Type': JSON_TYPE, Accept: 'application/octet-stream' },
    body: JSON.stringify(message.body ? message : { ...message, body: undefined }),
  });
  const body = await read(answer);
  if (answer.status !== 200) throw refusalOf(body, answer.status);
  return {
    status: Number(answer.headers.get('X-Relayed-Status')),
    type: answer.headers.get('X-Relayed-Type'),
    body,
  };
}

async function ask(url, options) {
  try {
    return await fetch(url, {
      ...options, credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(SECONDS * 1000),
    });
  } catch (error) {
    throw new FetchFailed(`nobody answered: ${error.name}`);
  }
}

async function read(answer) {
  const chunks = [];
  let size = 0;
  try {
    for (const reader = answer.body?.getReader(); reader;) {
      const { value, done } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > MAX_ANSWER_BYTES) {
        await reader.cancel();
        throw new TooLarge(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
      }
      chunks.push(value);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new FetchFailed(`the answer broke off: ${error.name}`);
  }
  return concatBytes(...chunks);
}

function typeOf(answer) {
  return (answer.headers.get('Content-Type') ?? '').split(';')[0].trim().toLowerCase();
}

/** What an answer other than a success says: its code, and no more of a stranger's prose. */
function refused(status, body) {
  const error = errorWord(body);
  return new CounterpartRefused(`the other side answered ${status}${error ? `: ${error}` : ''}`, {
    error, reason: reasonOf(status, error), status,
  });
}

/** The protocol's word for an error, or the code of a problem document (RFC 9457); null for none. */
function errorWord(body) {
  const readings = [
    () => parseErrorResponse(body).error,
    () => knownCode(parseObject(body, { maxBytes: MAX_PROBLEM_BYTES }).text('code')),
  ];
  for (const read of readings) {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return null;
}

/** The code of ours whose sentences say why; null where only the other side can know. */
function reasonOf(status, error) {
  if (status === 429 || status >= 500) return 'unavailable'; // theirs to mend, and may pass
  const code = knownCode((error ?? '').replaceAll('_', '-'));
  // What only our own servers may say of themselves is not believed of another one.
  return code !== null && data.problems[code][2] < 500 ? code : null;
}

function knownCode(code) {
  return Object.hasOwn(data.problems, code) ? code : null;
}

/** What our own server refuses is a problem document. */
function refusalOf(body, status) {
  try {
    return new Refused('the relay refused', parseObject(body).text('code'));
  } catch (error) {
    if (error instanceof Refusal) return new FetchFailed(`the relay answered ${status}`);
    throw error;
  }
}
