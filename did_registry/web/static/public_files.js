/** The registry's public files, from the origin that serves this page. */

import { RegistryUnavailable } from '/static/js/errors.js';

const SECONDS = 20;

/**
 * GET a file: its bytes, as they are on the server now.
 *
 * Throws RegistryUnavailable when there is no answer, or another one than the file.
 */
export async function getFile(path) {
  try {
    const answer = await fetch(path, {
      cache: 'no-cache', redirect: 'error', signal: AbortSignal.timeout(SECONDS * 1000),
    });
    if (answer.status !== 200) throw new RegistryUnavailable(`${path}: HTTP ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    if (error instanceof RegistryUnavailable) throw error;
    throw new RegistryUnavailable(`${path} could not be fetched`);
  }
}
