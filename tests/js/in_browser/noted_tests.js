/** `node:test` for a page: what the test files import under that name when a browser runs them. */

const waiting = [];

/** Note a test; the page runs it later, in order. */
export function test(name, work) {
  waiting.push({ name, work });
}

/** Run all tests that were noted: [{name, failure}], the failure null for one that passed. */
export async function runTests() {
  const results = [];
  for (const { name, work } of waiting.splice(0)) results.push({ name, failure: await failure(work) });
  return results;
}

async function failure(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return `${error.stack ?? error}`;
  }
}

export default test;
