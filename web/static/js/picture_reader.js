/** Read the QR code in a picture that somebody chose. The file stays in this page. */

import { readQr } from './qr_reader.js';

/** Why a file gave no text: the words for each are the page's. */
export const PROBLEM = Object.freeze({
  TOO_LARGE: 'picture-too-large',
  UNREADABLE: 'picture-unreadable',
  NO_QR: 'picture-without-qr',
});

export const MAX_PICTURE_BYTES = 20 * 1024 * 1024; // a photograph of a phone has 3 to 12
const MAX_SIDE = 3000; // pixels; larger pictures are made smaller before they are searched

/**
 * Read a file: `{ text, problem }`, one of which is null.
 *
 * file: a File or Blob of any type that the browser can show.
 */
export async function readPicture(file) {
  if (file.size > MAX_PICTURE_BYTES) return failed(PROBLEM.TOO_LARGE);
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return failed(PROBLEM.UNREADABLE);
  }
  const text = await readQr(pixels(picture));
  return text === null ? failed(PROBLEM.NO_QR) : { text, problem: null };
}

function failed(problem) {
  return { text: null, problem };
}

function pixels(picture) {
  const scale = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) => Math.ceil(side * scale));
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.fillStyle = '#fff'; // a transparent picture is read as it would be printed
  context.fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0, width, height);
  picture.close();
  return context.getImageData(0, 0, width, height);
}
