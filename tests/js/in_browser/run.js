/** Run the test file that the address names; `gwaninResults` becomes what came of each test. */

import { runTests } from './noted_tests.js';

const file = new URL(location.href).searchParams.get('file');

globalThis.gwaninResults = (async () => {
  try {
    await import(`/tests/js/${file}`);
    return await runTests();
  } catch (error) {
    return [{ name: file, failure: `${error.stack ?? error}` }];
  }
})();
