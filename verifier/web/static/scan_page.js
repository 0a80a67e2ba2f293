/**
 * The scan page: the camera or a USB scanner reads a code, one word fills the screen, and clears.
 *
 * A scanner is a keyboard: it types the text and Enter, whatever has the focus, so every printable
 * key that is meant for nothing else goes to the field. A new code replaces what is shown.
 */

import { startCamera } from '/static/js/camera_reader.js';

import { word } from './page_words.js';
import { ResultScreen } from './result_screen.js';

const form = document.getElementById('typed');
const field = document.getElementById('text');
const video = document.getElementById('camera');
const state = document.getElementById('camera-state');
const screen = new ResultScreen(document.getElementById('result'), { onClear: ready });

let idle = 'ready'; // what the page says while nothing is shown
let judged = ''; // the text that the screen is about
let latest = 0; // the number of the newest scan; an answer to an older one comes too late

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = field.value;
  field.value = '';
  if (text !== '') scan(text);
});
document.addEventListener('keydown', (event) => {
  const isTyped = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey;
  if (isTyped && !event.target.matches('input, select, textarea')) field.focus();
});
startCamera(video, { onText: see, onProblem: (code) => {
  video.hidden = true;
  idle = code; // it stays true when a result has cleared itself
  state.textContent = word(idle);
} });
video.addEventListener('playing', () => { video.hidden = false; });

/** A phone that is held a moment too long shows what the screen is about, and is no second scan. */
function see(text) {
  if (text !== judged || !screen.isShown) scan(text);
}

async function scan(text) {
  judged = text;
  latest += 1;
  const number = latest;
  state.textContent = word('checking');
  const shown = await judge(text);
  if (number === latest) screen.show(shown);
}

async function judge(text) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set('text', text);
  try {
    const answer = await fetch(form.action, {
      method: 'POST', headers: { Accept: 'application/json' }, body: fields,
    });
    const found = await answer.json();
    if (answer.ok) return found;
    return answer.status < 500 && !('type' in found) ? told('not-ours', found) : told('failed', found);
  } catch {
    return told('failed', {});
  }
}

/** What stands in for a verdict, where there is none. */
function told(name, { title = '', code = '' }) {
  const icon = name === 'not-ours' ? 'info' : 'cloud-off';
  return { word: word(name), meaning: title || word(`${name}-why`), error: code, colour: 'gray', icon, claims: [], type: null };
}

function ready() {
  state.textContent = word(idle);
  field.focus();
}
