/** The language that our words are in: how it writes times, which way it runs. */

/** The part of a translation bundle that is used here. */
export interface ITongue {
  __(text: string, ...args: unknown[]): string;
}

const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur']);

/** The code of our words' language. A catalogue translates "en" by its own; JupyterLab may speak one that we lack. */
export function tongue(words: ITongue): string {
  return words.__('en');
}

/** What `Intl` is to write times in: for English as the browser does; else in the one calendar and digits we use. */
export function locale(words: ITongue): string | undefined {
  const name = tongue(words);
  return name === 'en' ? undefined : `${name}-u-ca-gregory-nu-latn`;
}

/** Say on an element of ours what its words are; JupyterLab's own page says English, left to right, always. */
export function speak(node: HTMLElement, words: ITongue): void {
  const name = tongue(words);
  node.lang = name;
  node.dir = RIGHT_TO_LEFT.has(name) ? 'rtl' : 'ltr';
}

/** What somebody wrote, whichever way it runs, amid words of another language. */
export function isolated(text: string): HTMLElement {
  const own = document.createElement('bdi');
  own.textContent = text;
  return own;
}
