/** `/registry/check`: shows what becomes of each step, and the word at the end. */

import { Refusal, RegistryUnavailable } from '/static/js/errors.js';
import { parseObject } from '/static/js/json_object.js';

import { STEPS } from './check_entry.js';
import { word } from './page_words.js';
import { getFile } from './public_files.js';

const MAX_TRUST_BYTES = 4096;
const MAX_WITNESSES = 32;
const form = document.getElementById('check');
const verdict = document.getElementById('verdict');
const problems = JSON.parse(document.getElementById('problems').textContent);
// A city whose clock was set for a demonstration lives at another time than this device.
const offset = form?.dataset.now ? Date.parse(form.dataset.now) - Date.now() : 0;

STEPS.forEach(([name]) => show(name, 'waiting'));
form?.addEventListener('submit', (event) => {
  event.preventDefault();
  void check();
});

async function check() {
  const button = form.querySelector('button');
  button.disabled = true;
  verdict.replaceChildren();
  STEPS.forEach(([name]) => show(name, 'waiting'));
  try {
    await checkAll();
  } finally {
    button.disabled = false;
  }
}

async function checkAll() {
  const [option] = form.elements.agency.selectedOptions;
  let known = {
    did: option.value, code: option.dataset.code, now: Date.now() + offset, get: getFile,
  };
  for (const [at, [name, step]] of STEPS.entries()) {
    show(name, 'running');
    try {
      if (at === 0) known = { ...known, pinned: await pinned() };
      const found = await step(known);
      known = { ...known, ...found };
      const state = found.applies === false ? 'absent' : 'passed';
      show(name, state, word(found.said.word, found.said.values));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const isUnknown = error instanceof RegistryUnavailable;
      show(name, isUnknown ? 'unknown' : 'failed', saidOf(error));
      STEPS.slice(at + 1).forEach(([later]) => show(later, 'skipped'));
      conclude(isUnknown ? 'unknown' : 'failed', titleOf(name));
      return;
    }
  }
  conclude('passed', option.textContent);
}

/** The keys to rely on: those of the reader's own trust file, else those that the page shows. */
async function pinned() {
  const [file] = form.elements.trust.files;
  if (file === undefined) {
    const { log, witnesses, quorum } = form.dataset;
    return { log, witnesses: JSON.parse(witnesses), quorum: Number(quorum) };
  }
  const data = new Uint8Array(await file.arrayBuffer());
  const fields = parseObject(data, { maxBytes: MAX_TRUST_BYTES, where: 'trust file' });
  return {
    log: fields.text('log'),
    witnesses: fields.texts('witnesses', { maxItems: MAX_WITNESSES }),
    quorum: fields.integer('quorum'),
  };
}

function show(name, state, said = '') {
  const line = document.querySelector(`#steps [data-step="${name}"]`);
  if (line === null) return;
  line.dataset.result = state;
  line.querySelector('.state').replaceChildren(copyOf(`[data-state="${state}"]`));
  line.querySelector('.said').textContent = said;
}

function conclude(result, detail) {
  const message = copyOf(`[data-verdict="${result}"]`);
  message.querySelector('[data-slot="detail"]').textContent = detail;
  verdict.replaceChildren(message);
  verdict.scrollIntoView({ block: 'nearest' });
}

/** What happened, in the reader's language, with the code and the detail for who mends it. */
function saidOf({ code, message }) {
  return `${problems[code] ?? ''} (${message})`.trim();
}

function titleOf(name) {
  const title = document.querySelector(`#steps [data-step="${name}"] .step-name`).textContent;
  const number = STEPS.findIndex(([one]) => one === name) + 1;
  return word('step-is', { number, title });
}

function copyOf(selector) {
  return document.querySelector(`template${selector}`).content.cloneNode(true);
}
