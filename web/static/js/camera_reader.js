/**
 * Read QR codes from the camera into a <video>, until told to stop.
 *
 *     const camera = startCamera(video, { onText, onProblem });
 *     camera.stop();
 *
 * onText(text): once for each code, and once more only after it has been out of sight. onProblem(
 * code): one of PROBLEM, after which nothing more comes; the page offers another way. Frames stay
 * in this page: none is stored or sent.
 */

import { loadReader, readQr } from './qr_reader.js';

/** Why there is no camera: the words for each are the page's. */
export const PROBLEM = Object.freeze({
  INSECURE: 'camera-insecure', // browsers give a camera to https and loopback only
  DENIED: 'camera-denied',
  ABSENT: 'camera-absent',
  BUSY: 'camera-busy', // another program has it, or it was unplugged
  READER: 'reader-unavailable', // the WebAssembly could not be loaded
});

// A dense code needs its pixels: a version 40 code has 177 modules on a side.
const WANTED = { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } };
const PAUSE = 60; // milliseconds between two frames, so that the page stays quick
const OUT_OF_SIGHT = 1_500; // milliseconds

const CAUSES = {
  NotAllowedError: PROBLEM.DENIED,
  SecurityError: PROBLEM.DENIED,
  NotFoundError: PROBLEM.ABSENT,
  OverconstrainedError: PROBLEM.ABSENT,
};

/** Start the camera: `{ stop() }`, at once; what happens then comes by the two callbacks. */
export function startCamera(video, { onText, onProblem }) {
  const camera = new Camera(video, { onText, onProblem });
  camera.run();
  return { stop: () => camera.stop() };
}

class Camera {
  #video;
  #onText;
  #onProblem;
  #stream = null;
  #stopped = false;
  #frame = document.createElement('canvas');
  #seen = new LastSeen();

  constructor(video, { onText, onProblem }) {
    this.#video = video;
    this.#onText = onText;
    this.#onProblem = onProblem;
  }

  async run() {
    if (!navigator.mediaDevices?.getUserMedia) return this.#fail(PROBLEM.INSECURE);
    try {
      await this.#open();
    } catch (caught) {
      return this.#fail(CAUSES[caught.name] ?? PROBLEM.BUSY);
    }
    try {
      await loadReader();
      await this.#watch();
    } catch (caught) {
      this.#fail(PROBLEM.READER);
      throw caught;
    }
    return undefined;
  }

  stop() {
    this.#stopped = true;
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#video.srcObject = null;
  }

  async #open() {
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: WANTED });
    if (this.#stopped) return this.stop(); // it was told to while somebody was asked for leave
    for (const track of this.#stream.getTracks()) {
      track.addEventListener('ended', () => this.#fail(PROBLEM.BUSY));
    }
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = this.#stream;
    return this.#video.play();
  }

  async #watch() {
    while (!this.#stopped) {
      const text = await this.#look();
      if (!this.#stopped && this.#seen.isNew(text, performance.now())) this.#onText(text);
      await new Promise((resume) => { setTimeout(resume, PAUSE); });
    }
  }

  async #look() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (document.hidden || width === 0) return null;
    Object.assign(this.#frame, { width, height });
    const context = this.#frame.getContext('2d', { willReadFrequently: true });
    context.drawImage(this.#video, 0, 0);
    return readQr(context.getImageData(0, 0, width, height));
  }

  #fail(code) {
    if (this.#stopped) return;
    this.stop();
    this.#onProblem(code);
  }
}

/** A code that is held before the camera is one code, however many frames show it. */
class LastSeen {
  #text = null;
  #at = 0;

  isNew(text, now) {
    if (text === null) return false;
    const isNew = text !== this.#text || now - this.#at > OUT_OF_SIGHT;
    this.#text = text;
    this.#at = now;
    return isNew;
  }
}
