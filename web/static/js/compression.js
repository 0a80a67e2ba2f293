/** zlib streams (RFC 1950), written and read by the browser, reading within a bound. */

import { concatBytes } from './encoding.js';
import { Malformed, TooLarge } from './errors.js';

const ZLIB = 'deflate'; // what the Compression Streams standard calls RFC 1950

/** Compress bytes as one zlib stream. */
export async function deflate(data) {
  const chunks = [];
  for await (const chunk of chunksOf(data, new CompressionStream(ZLIB))) chunks.push(chunk);
  return concatBytes(...chunks);
}

/**
 * Decompress one whole zlib stream of at most `maxBytes`.
 *
 * Throws TooLarge beyond that, having read no further; Malformed if the stream is broken, cut off,
 * or followed by more.
 */
export async function inflate(data, { maxBytes }) {
  const inflated = await inflateOrNull(data, maxBytes);
  if (inflated === null) throw new Malformed('not one whole zlib stream');
  // Not every engine minds what follows a stream. One that is whole without its last byte is.
  if ((await inflateOrNull(data.subarray(0, -1), maxBytes)) !== null) {
    throw new Malformed('the zlib stream is followed by something else');
  }
  return inflated;
}

async function inflateOrNull(data, maxBytes) {
  const chunks = [];
  let size = 0;
  try {
    for await (const chunk of chunksOf(data, new DecompressionStream(ZLIB))) {
      size += chunk.length;
      if (size > maxBytes) throw new TooLarge(`the stream inflates to more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    return null; // Engines have different errors for a broken stream, and nothing else can fail.
  }
  return concatBytes(...chunks);
}

/** What a transformation makes of the data; leaving the loop early ends the transformation. */
async function* chunksOf(data, transformation) {
  const reader = new Blob([data]).stream().pipeThrough(transformation).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // A stream that has failed can't be cancelled, and says so again.
    await reader.cancel().catch(() => {});
  }
}
