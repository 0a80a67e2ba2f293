/** One result over the whole screen: the word, what was asked, and when it goes. */

import { word } from './page_words.js';

const SECOND = 1_000;

/** Draws into a section with `aria-live`; `onClear` is called when nothing is shown any more. */
export class ResultScreen {
  #section;
  #onClear;
  #timer = null;

  constructor(section, { onClear }) {
    this.#section = section;
    this.#onClear = onClear;
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.isShown) this.clear();
    });
    section.addEventListener('keydown', (event) => this.#stay(event));
  }

  /** Whether there is anything on the screen. */
  get isShown() {
    return !this.#section.hidden;
  }

  /** Show a result in place of any other: `{ word, meaning, colour, icon, claims, type, issuer }`, with the
   * `error`'s code where there is no verdict. */
  show(result) {
    clearTimeout(this.#timer);
    const shown = document.getElementById('shown').content.cloneNode(true).firstElementChild;
    shown.classList.add(result.colour);
    shown.querySelector('.icon').append(drawing(result.icon));
    put(shown, 'word', result.word);
    put(shown, 'meaning', result.meaning);
    put(shown, 'error', result.error && `${word('error-number')} ${result.error}`);
    put(shown, 'type', [result.type, result.issuer].filter(Boolean).join(' · '));
    list(shown.querySelector('[data-slot="claims"]'), result.claims);
    shown.querySelector('[data-next]').addEventListener('click', () => this.clear());
    shown.querySelector('[data-hold]').addEventListener('click', () => this.#hold(shown));
    this.#section.hidden = false;
    this.#section.replaceChildren(shown);
    // Not on what the screen hides; a scanner's keys find their field from here.
    shown.querySelector('[data-next]').focus();
    this.#count(shown);
  }

  /** Show nothing. */
  clear() {
    clearTimeout(this.#timer);
    this.#section.hidden = true;
    this.#section.replaceChildren();
    this.#onClear();
  }

  #count(shown) {
    const { clear, clears } = document.getElementById('words').dataset;
    if (clear === '0') return this.#hold(shown);
    put(shown, 'clears', clears);
    this.#timer = setTimeout(() => this.clear(), Number(clear) * SECOND);
    return undefined;
  }

  /** Tab goes round among the buttons that can be seen. */
  #stay(event) {
    if (event.key !== 'Tab') return;
    const buttons = [...this.#section.querySelectorAll('button:not([hidden])')];
    const step = event.shiftKey ? -1 : 1;
    const at = buttons.indexOf(document.activeElement) + step;
    event.preventDefault();
    buttons.at(at % buttons.length).focus();
  }

  #hold(shown) {
    clearTimeout(this.#timer);
    put(shown, 'clears', word('held'));
    shown.querySelector('[data-hold]').hidden = true;
    shown.querySelector('[data-next]').focus();
  }
}

function put(shown, slot, text) {
  const place = shown.querySelector(`[data-slot="${slot}"]`);
  place.textContent = text ?? '';
  place.hidden = !text;
}

function list(place, claims) {
  place.hidden = claims.length === 0;
  place.replaceChildren(...claims.flatMap(({ label, value }) => [
    Object.assign(document.createElement('dt'), { textContent: label }),
    Object.assign(document.createElement('dd'), { textContent: value }),
  ]));
}

function drawing(name) {
  const found = document.querySelector(`template[data-icon="${CSS.escape(name)}"]`);
  return found.content.cloneNode(true);
}
