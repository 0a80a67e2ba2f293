/** What a holder's verified signature over one presentation says: for whom, to what, and when. */

import { BindingInvalid } from './errors.js';

// How old a holder's signature may be when it arrives. OpenID4VP 1.0 §14.1.
export const MAX_BINDING_AGE = 300_000;

/** A verified binding; built by `verifyKeyBinding` only. */
export class HolderBinding {
  constructor({ audience, nonce, issuedAt }) {
    this.audience = audience;
    this.nonce = nonce;
    this.issuedAt = issuedAt;
    Object.freeze(this);
  }

  /**
   * Refuse a binding that was made for another request or another moment.
   *
   * Throws BindingInvalid. Spec: RFC 9901 §7.3 step 5, OpenID4VP 1.0 §14.1.
   */
  check({ audience, nonce, now, leeway }) {
    if (this.audience !== audience) {
      throw new BindingInvalid('the presentation is addressed to another verifier');
    }
    if (this.nonce !== nonce) {
      throw new BindingInvalid('the presentation answers another request');
    }
    if (this.issuedAt > now + leeway) {
      throw new BindingInvalid('the presentation was signed in the future');
    }
    if (this.issuedAt < now - MAX_BINDING_AGE - leeway) {
      throw new BindingInvalid('the presentation was signed too long ago');
    }
  }
}
