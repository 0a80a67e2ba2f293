/**
 * What every page of the wallet is made of: its data, its words, and elements that hold text.
 *
 * Nothing a stranger wrote ever becomes markup: texts are set as texts, and the pages' structure
 * comes from their own <template> elements.
 */

import { Refusal } from '/static/js/errors.js';
import * as local from './problems.js';

// What may be over in a moment, or once the reader has mended it.
const PASSING = [
  'fetch-failed', 'registry-unavailable', 'did-unavailable', 'too-many-requests', 'unavailable',
  'storage-full',
];
let again = null;

const LOCAL_CODES = Object.values(local).map(({ code }) => code);

/** What the server told this page: {language, origin, anchor, words, problems}. */
export const data = JSON.parse(document.getElementById('page-data').textContent);

/** This page's words for a key, with `{name}` filled in. */
export function say(key, values = {}) {
  const words = data.words[`wallet-say.${key}`] ?? data.words[key];
  return fillIn(words, values);
}

/** A text with `{name}` replaced; each value is a text, whatever stands in it. */
export function fillIn(text, values) {
  return text.replace(/\{([a-z]+)\}/g, (whole, name) => (
    Object.hasOwn(values, name) ? String(values[name]) : whole
  ));
}

/** A text that has both languages, in the reader's. */
export function inLanguage(both) {
  return both[data.language];
}

/** An element with properties and children; a child that is a string becomes text. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'for' || name === 'role') made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

/** A copy of what stands in a <template>, its `data-slot` elements filled with texts or nodes. */
export function clone(id, slots = {}) {
  const copy = document.getElementById(id).content.cloneNode(true).firstElementChild;
  for (const [name, content] of Object.entries(slots)) {
    copy.querySelectorAll(`[data-slot="${name}"]`).forEach((slot) => (
      slot.replaceChildren(...[content].flat())
    ));
  }
  return copy;
}

/** Make this the page's view, and lead the reader to its heading. */
export function show(view) {
  document.getElementById('view').replaceChildren(view);
  const heading = view.querySelector('h2, [data-focus]');
  if (heading) {
    heading.tabIndex = -1;
    heading.focus();
  }
  return view;
}

/** Say that something is under way. */
export function showWaiting(text = say('waiting')) {
  return show(clone('waiting', { text }));
}

/** What a problem's page offers to do again, where doing it again may help; null for nothing. */
export function offerAgain(act) {
  again = act;
}

/** Show what was refused or failed, with its code, a way back, and another try if that may help. */
export function showProblem(error) {
  const problem = problemOf(error);
  const view = clone('problem', problem);
  const button = view.querySelector('[data-again]');
  if (again !== null && PASSING.includes(problem.code)) button.addEventListener('click', again);
  else button.remove();
  return show(view);
}

/** What happened and what to do, in the reader's words: {title, advice, code}. */
export function problemOf(error) {
  if (!(error instanceof Refusal)) {
    console.error(error); // a fault of ours: a tester must not miss it
    return { title: say('failed'), advice: say('failed-advice'), code: 'internal-error' };
  }
  const code = error.reason ?? error.code; // why the other side refused says more than that it did
  const [title, advice] = LOCAL_CODES.includes(code)
    ? [say(code), say(`${code}-advice`)] : data.problems[code];
  return { title, advice, code };
}

/** A message above the view, which stays while the page does. */
export function notice(text, kind = 'warning') {
  const message = element('div', { className: `message ${kind}`, role: 'status' });
  message.append(element('p', {}, text));
  document.getElementById('notices').append(message);
  return message;
}

const MONTH = { ko: 'numeric', en: 'short' };

/** A moment in Seoul as its readers write it: `2026. 3. 13. 14:30`, `13 Mar 2026, 14:30`. */
export function momentText(moment) {
  const { year, month, day, hour, minute } = Object.fromEntries(new Intl.DateTimeFormat('en-US', {
    timeZone: 'Asia/Seoul', year: 'numeric', month: MONTH[data.language], day: 'numeric',
    hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).formatToParts(moment).map(({ type, value }) => [type, value]));
  if (data.language === 'en') return `${day} ${month} ${year}, ${hour}:${minute}`;
  return `${year}. ${month}. ${day}. ${hour}:${minute}`;
}
