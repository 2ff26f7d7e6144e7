// Keyboard shortcuts. The dialog lists them.

import { byId, element } from './dom.js';
import { isOpen } from './dialogs.js';

/** @param shortcuts a list of { keys, text, run }; keys such as "Ctrl+Alt+N", or "Escape" */
export function start(shortcuts, alsoListed) {
  byId('keylist').replaceChildren(...[...alsoListed, ...shortcuts].flatMap(({ keys, text }) => [
    element('dt', {}, ...keys.split('+').map((key) => element('kbd', { textContent: key }))),
    element('dd', { textContent: text }),
  ]));
  document.addEventListener('keydown', (event) => {
    const pressed = [event.ctrlKey || event.metaKey ? 'Ctrl' : '', event.altKey ? 'Alt' : '', event.shiftKey ? 'Shift' : '', event.key.length === 1 ? event.key.toUpperCase() : event.key];
    const found = shortcuts.find(({ keys }) => keys === pressed.filter(Boolean).join('+'));
    if (found && !isOpen() && !event.isComposing) {
      if (found.keys !== 'Escape') {
        event.preventDefault();
      }

      found.run();
    }
  });
}

export const show = () => byId('shortcuts').showModal();

/** Moves the focus to the turn before or after the one that has it. */
export function toTurn(step) {
  const turns = [...byId('log').querySelectorAll('article')];
  const current = turns.indexOf(document.activeElement?.closest('article'));
  const next = turns[Math.max(0, Math.min(turns.length - 1, current < 0 ? (step < 0 ? turns.length - 1 : 0) : current + step))];
  if (next) {
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: 'start' });
  }
}
