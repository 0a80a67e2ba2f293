/**
 * One QR code on the screen: a clock that runs, the time that is left, and a new code before it
 * ends. Made on this device, without asking anybody, so that it works in a cellar, too.
 */

import { WINDOW, buildPresentationQr } from '/static/js/presentation_qr.js';
import { clone, element, inLanguage, say, show } from './page.js';
import { drawQr } from './qr_canvas.js';
import { copy, guarded } from './start.js';

const RENEW_BEFORE = 15_000; // whoever begins to scan now must be able to finish
const LONGEST = 10 * 60_000; // then somebody has to say that they are still here
const TICK = 250;

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Seoul', timeStyle: 'medium' });

/** Show a code until `onOther` or the page is left. Throws TooLarge if no code can hold it. */
export async function startShowing(card, disclose, { world, holder, onOther }) {
  const showing = new Showing(card, disclose, { holder, clock: await world.clock() });
  await showing.make();
  showing.run(onOther);
}

class Showing {
  #card;
  #disclose;
  #holder;
  #clock;
  #view;
  #ends = 0;
  #until = 0;
  #timer = null;
  #isMaking = false;

  constructor(card, disclose, { holder, clock }) {
    this.#card = card;
    this.#disclose = disclose;
    this.#holder = holder;
    this.#clock = clock;
    this.#until = clock.now() + LONGEST;
    this.#view = clone('qr', { title: inLanguage(card.title) });
  }

  /** A code for the window that begins now. */
  async make() {
    const now = this.#clock.now();
    const text = await buildPresentationQr(this.#card.credential, {
      disclose: this.#disclose, holder: this.#holder, now,
    });
    const canvas = this.#part('canvas');
    drawQr(canvas, text);
    this.#ends = Math.floor(now / 60_000) * 60_000 + WINDOW;
    canvas.setAttribute('aria-label', say('qr-label', {
      title: inLanguage(this.#card.title), time: CLOCK.format(this.#ends),
    }));
    this.#part('textarea').value = text;
  }

  run(onOther) {
    show(this.#view);
    this.#part('canvas').scrollIntoView({ block: 'center' });
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#tick();
    keepAwake();
    this.#on('[data-other]', () => { this.#stop(); onOther(); });
    this.#on('[data-longer]', () => this.#longer());
    this.#on('[data-copy]', async () => {
      this.#tell(say(await copy(this.#part('textarea').value) ? 'copied' : 'copy-failed'));
    });
  }

  #tick() {
    if (!this.#view.isConnected) return this.#stop();
    const now = this.#clock.now();
    const left = Math.max(0, this.#ends - now);
    this.#part('[data-clock]').textContent = CLOCK.format(now);
    this.#part('[data-left]').textContent = say('seconds-left', { seconds: Math.ceil(left / 1000) });
    this.#part('progress').value = left / 1000;
    if (left < RENEW_BEFORE && !document.hidden && now < this.#until) this.#renew();
    else if (left === 0) this.#end();
    return undefined;
  }

  async #renew() {
    if (this.#isMaking) return;
    this.#isMaking = true;
    await guarded(() => this.make())();
    this.#isMaking = false;
    this.#tell(say('qr-renewed'));
  }

  async #longer() {
    this.#until = this.#clock.now() + LONGEST;
    await this.#renew();
  }

  /** A code that is over is taken from the screen: it would only be refused. */
  #end() {
    const canvas = this.#part('canvas');
    canvas.width = 0;
    canvas.setAttribute('aria-label', say('qr-ended'));
    this.#part('textarea').value = '';
    this.#tell(say('qr-ended'));
  }

  #stop() {
    clearInterval(this.#timer);
  }

  #tell(text) {
    const place = this.#part('[data-told]');
    if (place.textContent !== text) place.replaceChildren(element('span', {}, text));
  }

  #part(selector) {
    return this.#view.querySelector(selector);
  }

  #on(selector, act) {
    this.#part(selector).addEventListener('click', guarded(act));
  }
}

/** Keep the screen lit where the browser can; it lets go when the page is hidden or left. */
async function keepAwake() {
  try {
    await navigator.wakeLock?.request('screen');
  } catch {
    // A low battery refuses it; the code is shown all the same.
  }
}
