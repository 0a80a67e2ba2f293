/** The page that shows a request's QR code: it copies the address, asks whether somebody has answered,
 * and then reloads. */

const PAUSE = 1_500; // milliseconds
const address = document.getElementById('waiting').dataset.state;

async function look() {
  try {
    const answer = await fetch(address, { headers: { Accept: 'application/json' } });
    // A session that is over, or a request that is gone: the page itself says which.
    if (!answer.ok || !(await answer.json()).waiting) return window.location.reload();
  } catch {
    // The network is away for a moment; the page stays as it is.
  }
  return setTimeout(look, PAUSE);
}

const copy = document.getElementById('copy');
copy.hidden = false;
copy.addEventListener('click', async () => {
  const field = document.getElementById('link');
  field.select();
  await navigator.clipboard.writeText(field.value);
  document.getElementById('copied').textContent = copy.dataset.copied;
});

setTimeout(look, PAUSE);
