/** What only a wallet in a browser runs into. The words for each are in the page's own. */

import { Refusal } from '/static/js/errors.js';

/** The browser keeps nothing for this page: private mode, a setting, or no storage at all. */
export class StorageBlocked extends Refusal {
  static code = 'storage-blocked';
}

/** The browser has no room left for this page. */
export class StorageFull extends Refusal {
  static code = 'storage-full';
}

/** The page names another registry than the one this wallet was made with. */
export class RegistryChanged extends Refusal {
  static code = 'registry-changed';
}

/** What was pasted or scanned is neither an offer nor a request. */
export class LinkUnknown extends Refusal {
  static code = 'link-unknown';
}

/** The wallet holds no credential with this number. */
export class NotHere extends Refusal {
  static code = 'not-here';
}
