/**
 * Read the QR code in a picture, with ZXing compiled to WebAssembly.
 *
 * The page that uses it needs `PageNeeds(scanner=True)`: 'wasm-unsafe-eval' and the camera. The
 * reader is fetched once, from this origin, on the first call.
 */

import { prepareZXingModule, readBarcodes } from '../vendor/zxing/reader/index.js';

const READER = new URL('../vendor/zxing/reader/', import.meta.url);
const OPTIONS = {
  formats: ['QRCode'], maxNumberOfSymbols: 1, textMode: 'Plain', tryHarder: true,
};

/** Fetch and compile the reader, so that the first picture need not wait. Throws if it cannot. */
export function loadReader() {
  return prepareZXingModule({
    overrides: { locateFile: (name) => new URL(name, READER).href },
    equalityFn: () => true, // one reader for the whole page
    fireImmediately: true,
  });
}

/** The text of the QR code in an ImageData, or null if no code is seen. */
export async function readQr(image) {
  await loadReader();
  const [found] = await readBarcodes(image, OPTIONS);
  return found?.isValid ? found.text : null;
}
