/** How a link comes into a page: in its address, pasted, by the camera, or in a picture. */

import { startCamera } from '/static/js/camera_reader.js';
import { kindOfLink } from '/static/js/link_kind.js';
import { readPicture } from '/static/js/picture_reader.js';
import { LinkUnknown } from './problems.js';
import { clone, offerAgain, say, show } from './page.js';
import { guarded } from './start.js';

const OTHER_PAGE = { offer: '/wallet/receive', request: '/wallet/requests' };

/**
 * Wait for a link of one kind, `offer` or `request`, and give it to `take`.
 *
 * A link of the other kind is for the other page, which is opened with it.
 */
export function takeLink(kind, take) {
  const here = location.hash.length > 1 ? location.href : null;
  if (here !== null) {
    history.replaceState(null, '', location.pathname); // the code in it is nobody else's concern
    return readLink(here, kind, take);
  }
  showInput(kind, take);
  return undefined;
}

function readLink(link, kind, take) {
  const found = kindOfLink(link);
  if (found === kind) {
    offerAgain(guarded(() => take(link))); // the link stands nowhere else any more
    return take(link);
  }
  if (found in OTHER_PAGE) {
    const fields = link.slice(link.search(/[#?]/) + 1);
    location.assign(`${OTHER_PAGE[found]}#${fields}`);
    return undefined;
  }
  throw new LinkUnknown('neither an offer nor a request');
}

function showInput(kind, take) {
  const view = show(clone('link-input'));
  const tell = (text) => {
    view.querySelector('.problem').textContent = text;
    view.querySelector('textarea').setAttribute('aria-invalid', 'true');
  };
  const camera = cameraOf(view, tell);
  const read = async (text) => {
    if (text === '') return tell(say('link-empty'));
    if (kindOfLink(text) === 'shown') return tell(say('link-shown'));
    if (kindOfLink(text) === null) return tell(say('link-unknown-advice'));
    camera.stop();
    return guarded(() => readLink(text, kind, take))();
  };
  view.querySelector('[data-form]').addEventListener('submit', (event) => {
    event.preventDefault();
    read(view.querySelector('textarea').value.trim());
  });
  view.querySelector('[data-camera]').addEventListener('click', () => camera.start(read));
  view.querySelector('[data-camera-stop]').addEventListener('click', () => camera.stop());
  view.querySelector('[data-picture]').addEventListener('change', async ({ currentTarget }) => {
    if (!currentTarget.files.length) return;
    const [picture] = currentTarget.files;
    currentTarget.value = ''; // or the same picture could not be chosen again
    const { text, problem } = await readPicture(picture);
    if (text === null) tell(say(problem));
    else read(text);
  });
}

/** The camera of one input: `start(onText)` and `stop()`. */
function cameraOf(view, tell) {
  const finder = view.querySelector('[data-viewfinder]');
  let running = null;
  const stop = () => {
    running?.stop();
    running = null;
    finder.hidden = true;
  };
  const start = (onText) => {
    stop();
    finder.hidden = false;
    running = startCamera(finder.querySelector('video'), {
      onText, onProblem: (code) => { stop(); tell(say(code)); },
    });
  };
  return { start, stop };
}
