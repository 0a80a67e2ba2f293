/** The words that the page brought along for its script; never in the script itself. */

/** The text for a name, with each `%name` of `values` filled in. Throws for a name without words. */
export function word(name, values = {}) {
  const found = document.querySelector(`#words [data-word="${CSS.escape(name)}"]`);
  if (found === null) throw new Error(`the page has no words for ${name}`);
  return Object.entries(values).reduce(
    (text, [key, value]) => text.replaceAll(`%${key}`, () => String(value)), found.textContent,
  );
}
