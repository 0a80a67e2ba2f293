/** Draws a QR code into a canvas: black on white, whole pixels for each module. */

import encodeQR from '/static/vendor/qr/qr.js';

const QUIET_ZONE = 4; // modules of white around the code. Spec: ISO/IEC 18004 §5.3.8
const PIXELS = 8; // for each module, so that a phone may show it at any size

/**
 * Draw a text of the alphanumeric set (digits, capitals and ` $%*+-./:`).
 *
 * Spec: ISO/IEC 18004 §7.3.4. The lowest correction, as a screen has no dirt and size counts.
 */
export function drawQr(canvas, text) {
  const matrix = encodeQR(text, 'raw', { ecc: 'low', encoding: 'alphanumeric', border: QUIET_ZONE });
  const side = matrix.length * PIXELS;
  Object.assign(canvas, { width: side, height: side });
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.fillStyle = '#000';
  matrix.forEach((row, y) => row.forEach((dark, x) => {
    if (dark) context.fillRect(x * PIXELS, y * PIXELS, PIXELS, PIXELS);
  }));
}
