/** The words that a page brought along for its script: one `data-word` each, never in the script. */

/** The text for a name; throws if the page has none, which is a fault of the page. */
export function word(name) {
  const found = document.querySelector(`#words [data-word="${CSS.escape(name)}"]`);
  if (found === null) throw new Error(`the page has no words for ${name}`);
  return found.textContent;
}
