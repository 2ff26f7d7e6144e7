// The list of conversations.

import * as api from './api.js';
import { byId, element, hidden, icon } from './dom.js';

const list = byId('list');
const filter = byId('filter');

let actions = {};
let latest = 0;

function entry(item, shown) {
  return element(
    'li',
    { 'data-id': item.id, className: item.id === shown ? 'current' : '' },
    element('a', { href: `#${item.id}`, title: item.title, 'aria-current': item.id === shown ? 'page' : null },
      item.isFork ? icon('fork') : null,
      item.isFork ? hidden('Fork: ') : null,
      element('bdi', { textContent: item.title }),
      item.isRunning ? hidden(', answer running') : null),
    element('button', { type: 'button', 'aria-label': `Rename ${item.title}`, onclick: () => actions.rename(item) }, icon('pen')),
    element('button', { type: 'button', 'aria-label': `Delete ${item.title}`, onclick: () => actions.remove(item) }, icon('close')));
}

/** Reads the list again. The latest answer wins. */
export async function refresh(shown) {
  const mine = ++latest;
  const items = await api.list(filter.value.trim()).catch(() => null);
  if (!items || mine !== latest) {
    return;
  }

  const focused = document.activeElement?.closest('#list li')?.dataset.id;
  list.replaceChildren(...items.map((item) => entry(item, shown)));
  byId('nothing').hidden = items.length > 0 || filter.value.trim() === '';
  if (focused) {
    list.querySelector(`li[data-id="${CSS.escape(focused)}"] a`)?.focus();
  }
}

/** Opens or closes the list on narrow screens. */
export function menu(isOpen) {
  byId('side').classList.toggle('open', isOpen);
  byId('menu').setAttribute('aria-expanded', String(isOpen));
  if (isOpen) {
    byId('new').focus();
  }
}

export const isMenuOpen = () => byId('side').classList.contains('open');

export function start(listActions, shown) {
  actions = listActions;
  let wait;
  filter.addEventListener('input', () => {
    clearTimeout(wait);
    wait = setTimeout(() => refresh(shown()), 150);
  });
  byId('menu').addEventListener('click', () => menu(!isMenuOpen()));
}
