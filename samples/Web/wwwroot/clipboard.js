// Copies text.

import { button } from './dom.js';

let announce = () => {};

/** Sets the function that tells screen readers what happened. */
export const start = (announcer) => { announce = announcer; };

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without permission, or over http: copy from a temporary selection.
    const box = document.createElement('textarea');
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand('copy');
    box.remove();
  }

  announce('Copied.');
}

/** A button that copies a text and says so for a moment. */
export function copyButton(what, read) {
  const self = button('Copy', async () => {
    await copy(await read());
    self.firstChild.data = 'Copied';
    setTimeout(() => { self.firstChild.data = 'Copy'; }, 1500);
  }, { more: what, className: 'copy' });
  return self;
}
