/**
 * What the desk's pages do more easily with a script; all of it can be done without one.
 *
 * data-all: ticks every box of the form whose name begins so. data-copies: copies a field's text and
 * says so in data-says. data-goes-on: sends a form that only continues what was begun.
 */

for (const element of document.querySelectorAll('[data-needs-script]')) element.hidden = false;

for (const all of document.querySelectorAll('[data-all]')) {
  all.addEventListener('change', () => {
    for (const box of all.form.elements) {
      if (box.name.startsWith(all.dataset.all)) box.checked = all.checked;
    }
  });
}

for (const button of document.querySelectorAll('[data-copies]')) {
  button.addEventListener('click', async () => {
    const field = document.getElementById(button.dataset.copies);
    field.select();
    await navigator.clipboard.writeText(field.value);
    document.querySelector(`[data-says="${button.dataset.copies}"]`).textContent =
      button.dataset.copied;
  });
}

for (const form of document.querySelectorAll('form[data-goes-on]')) form.requestSubmit();
