/** `node:assert/strict` for a page: the functions that our test files use, as strict as node's. */

/** Throw unless the value is truthy. */
export function ok(value, message = 'not true') {
  if (!value) throw message instanceof Error ? message : new Error(String(message));
}

export function equal(actual, expected, message = '') {
  ok(Object.is(actual, expected), `${message} ${shown(actual)} is not ${shown(expected)}`);
}

export function notEqual(actual, other, message = '') {
  ok(!Object.is(actual, other), `${message} ${shown(actual)} twice`);
}

export function deepEqual(actual, expected, message = '') {
  ok(alike(actual, expected), `${message} ${shown(actual)} is not ${shown(expected)}`);
}

export function notDeepEqual(actual, other, message = '') {
  ok(!alike(actual, other), `${message} ${shown(actual)} twice`);
}

export function match(text, pattern) {
  ok(pattern.test(text), `${shown(text)} does not match ${pattern}`);
}

export function throws(work, expected) {
  let caught = null;
  try {
    work();
  } catch (error) {
    caught = error;
  }
  checkThrown(caught, expected);
}

export async function rejects(work, expected) {
  let caught = null;
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    caught = error;
  }
  checkThrown(caught, expected);
}

function checkThrown(caught, expected) {
  ok(caught !== null, 'nothing was thrown');
  if (expected === undefined) return;
  if (expected instanceof RegExp) match(String(caught), expected);
  else if (typeof expected === 'function' && expected.prototype !== undefined) ok(caught instanceof expected, caught);
  else if (typeof expected === 'function') ok(expected(caught), caught);
  else Object.entries(expected).forEach(([name, value]) => deepEqual(caught[name], value));
}

function alike(left, right) {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return false;
  if (Object.prototype.toString.call(left) !== Object.prototype.toString.call(right)) return false;
  if (left instanceof Set) return alike([...left], [...right]);
  if (left instanceof Map) return alike([...left], [...right]);
  const [names, others] = [left, right].map((one) => Object.keys(one));
  return names.length === others.length
    && names.every((name) => Object.hasOwn(right, name) && alike(left[name], right[name]));
}

function shown(value) {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner));
}

export default { ok, equal, notEqual, deepEqual, notDeepEqual, match, throws, rejects };
