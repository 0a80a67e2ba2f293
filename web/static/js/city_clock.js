/**
 * The city's time in a browser whose own clock may be wrong.
 *
 * Signatures and windows last a minute or two, so a wrong clock breaks them without saying why.
 */

import { LEEWAY } from './times.js';

/**
 * How far this device's clock is off: {offset, isSet, isWrong}.
 *
 * asked, answered: this device's moments before and after the question; city: the moment that was
 * answered; isSet: whether the city's clock was set for a demonstration, which is nobody's fault.
 * offset: what must be added to this device's clock. A difference that everybody forgives is none.
 */
export function compareClocks({ asked, answered, city, isSet }) {
  const difference = city - (asked + answered) / 2;
  const isOff = Math.abs(difference) > LEEWAY;
  return Object.freeze({
    offset: isOff || isSet ? difference : 0, isSet, isWrong: isOff && !isSet,
  });
}
