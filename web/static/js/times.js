/**
 * Moments and spans of time.
 *
 * A moment is a number of milliseconds since 1970-01-01T00:00:00Z, as `Date.now()` gives it; a
 * fraction holds microseconds, exactly until the year 2255. No module of this folder reads a
 * clock: `now` is always an argument.
 */

import { Expired, Malformed, NotYetValid } from './errors.js';

// Phones and servers differ by seconds; a minute forgives them and no forger.
export const LEEWAY = 60_000;

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/;
const ZONE = /(?:Z|([+-])((?:0\d|1[0-3]):[0-5]\d|14:00))$/;
const FIRST = -62_135_596_800_000; // 0001-01-01T00:00:00Z
const END = 253_402_300_800_000; // 10000-01-01T00:00:00Z

/**
 * Read an XML Schema dateTimeStamp: the zone is required. Throws Malformed.
 *
 * Digits beyond the microsecond are cut off. Year 0000, more than four digits, a second 60 and
 * 24:00:00 are refused. Spec: VC Data Model 2.0 §4.9, XSD 1.1 part 2 §3.4.28.
 */
export function parseTimestamp(text) {
  const start = DATE_TIME.exec(text);
  const zone = start && ZONE.exec(text.slice(start[0].length));
  if (!zone || zone.index !== 0) throw notATimestamp();
  const whole = wholeSeconds(start.slice(1, 7)) - offset(zone);
  if (!(whole >= FIRST && whole < END)) throw notATimestamp();
  return Math.min(whole + fraction(start[7]), END - 1); // so late, a double holds no microseconds
}

/** Write a moment as `2026-03-13T03:04:05Z`, in UTC and whole seconds. */
export function formatTimestamp(moment) {
  return `${new Date(Math.floor(moment / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** A span of time; a null end is open. The end itself is excluded. */
export class Validity {
  constructor(notBefore, notAfter) {
    this.notBefore = notBefore;
    this.notAfter = notAfter;
    Object.freeze(this);
  }

  /** Refuse a moment outside the span. Throws NotYetValid or Expired. RFC 7519 §4.1.4-5. */
  check(now, leeway) {
    if (this.notBefore !== null && now + leeway < this.notBefore) {
      throw new NotYetValid(`valid from ${formatTimestamp(this.notBefore)}`);
    }
    if (this.notAfter !== null && now - leeway >= this.notAfter) {
      throw new Expired(`valid until ${formatTimestamp(this.notAfter)}`);
    }
  }
}

function wholeSeconds(parts) {
  const [year, month, day, hour, minute, second] = parts.map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC would read year 99 as 1999.
  date.setUTCHours(hour, minute, second);
  // A day, hour or second that does not exist has become another one.
  const written = `${parts.slice(0, 3).join('-')}T${parts.slice(3).join(':')}Z`;
  if (year === 0 || formatTimestamp(date.getTime()) !== written) throw notATimestamp();
  return date.getTime();
}

function fraction(digits = '') {
  return Number(digits.slice(0, 6).padEnd(6, '0')) / 1000;
}

function offset([, sign, zone]) {
  if (!sign) return 0;
  const [hours, minutes] = zone.split(':').map(Number);
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function notATimestamp() {
  return new Malformed('not a date and time with its zone');
}
