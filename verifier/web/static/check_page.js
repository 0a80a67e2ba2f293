/** The public check page: a picture, a file or the camera puts its text into the field. */

import { startCamera } from '/static/js/camera_reader.js';
import { PROBLEM, readPicture } from '/static/js/picture_reader.js';

import { word } from './page_words.js';

const MAX_TEXT = 1024 * 1024; // what the field takes
const form = document.getElementById('check');
const field = document.getElementById('text');
const state = document.getElementById('state');
const video = document.getElementById('camera');
const [start, stop] = ['start', 'stop'].map((id) => document.getElementById(id));
let camera = null;

document.getElementById('helpers').hidden = false;
document.getElementById('file').addEventListener('change', async ({ target }) => {
  const [file] = target.files;
  if (file === undefined) return;
  const { text, problem } = await read(file);
  if (problem !== null) state.textContent = word(problem);
  else put(text);
});
start.addEventListener('click', () => {
  state.textContent = word('starting');
  turn({ on: true });
  camera = startCamera(video, { onText: take, onProblem: (code) => {
    turn({ on: false });
    state.textContent = word(code);
  } });
});
stop.addEventListener('click', () => {
  camera.stop();
  turn({ on: false });
  state.textContent = '';
  start.focus();
});

function take(text) {
  camera.stop();
  turn({ on: false });
  put(text);
  form.requestSubmit();
}

function put(text) {
  field.value = text;
  state.textContent = word('read');
  field.focus();
}

function turn({ on }) {
  video.hidden = !on;
  start.hidden = on;
  stop.hidden = !on;
}

/** A picture's QR code, or else the text of a file that is none. */
async function read(file) {
  if (file.type.startsWith('image/')) return readPicture(file);
  if (file.size > MAX_TEXT) return { text: null, problem: PROBLEM.TOO_LARGE };
  return { text: await file.text(), problem: null };
}
