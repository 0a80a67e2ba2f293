/** `simulators/vectors.js` for a page: the same files, asked of the server that serves the tests. */

/** A vector's bytes. Synchronous as in node, so that the test files need not know where they run. */
export function readBytes(path) {
  const text = get(`/vectors/${path}`);
  if (text === null) throw new Error(`no vector ${path}`);
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

export function readText(path) {
  return new TextDecoder().decode(readBytes(path)).replace(/\n$/, '');
}

export function readJson(path) {
  return JSON.parse(readText(path));
}

export function names(path) {
  return JSON.parse(get(`/names/${path}`));
}

export function exists(path) {
  return get(`/names/${path}`) !== null || get(`/vectors/${path}`) !== null;
}

export function hex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => parseInt(digits, 16));
}

function get(address) {
  const request = new XMLHttpRequest();
  request.open('GET', address, false);
  request.overrideMimeType('text/plain; charset=x-user-defined'); // each byte stays one character
  request.send();
  return request.status === 200 ? request.responseText : null;
}
