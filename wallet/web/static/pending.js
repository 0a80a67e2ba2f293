/** What was issued and not decided on: said on the pages that a person sees next. */

import { element, notice, say } from './page.js';

const DECIDED_AT = '/wallet/receive';

/** Say that a credential waits, with the way to it. */
export function noticePending() {
  notice(say('pending')).append(
    element('a', { className: 'button second', href: DECIDED_AT }, say('pending-go')),
  );
}
