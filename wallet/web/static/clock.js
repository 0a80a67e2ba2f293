/** The city's time: what `/time` answers, as a device's own clock may be wrong. */

import { compareClocks } from '/static/js/city_clock.js';
import { Refusal } from '/static/js/errors.js';
import { parseObject } from '/static/js/json_object.js';
import { parseTimestamp } from '/static/js/times.js';
import { get } from './exchange.js';
import { momentText, notice, say } from './page.js';

/** Ask once for a page; a city that does not answer leaves this device's own clock in charge. */
export async function openClock({ registry }) {
  const { offset, isWrong } = await compared(registry);
  if (isWrong) {
    const [device, city] = [Date.now(), Date.now() + offset].map(momentText);
    notice(say('clock-wrong', { device, city, minutes: Math.round(Math.abs(offset) / 60_000) }));
  }
  return { now: () => Date.now() + offset };
}

async function compared(registry) {
  try {
    const asked = Date.now();
    const time = parseObject(await get(`${registry}/time`, { cache: 'no-store' }));
    const city = parseTimestamp(time.text('now'));
    return compareClocks({
      asked, answered: Date.now(), city, isSet: time.booleanOrNull('set') ?? false,
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { offset: 0, isWrong: false };
  }
}
