// Starts the page: connects its parts, and opens the conversation in the address.

import * as actions from './actions.js';
import * as api from './api.js';
import * as clipboard from './clipboard.js';
import * as composer from './composer.js';
import * as conversation from './conversation.js';
import { byId } from './dom.js';
import * as follow from './follow.js';
import * as list from './list.js';
import * as shortcuts from './shortcuts.js';

const { open, page } = conversation;
const inAddress = () => location.hash.slice(1) || null;

async function openNew() {
  list.menu(false);
  await open(null);
}

function escape() {
  if (list.isMenuOpen()) {
    list.menu(false);
    byId('menu').focus();
  } else {
    actions.stop();
  }
}

function search() {
  list.menu(true);
  byId('filter').focus();
}

/** Reads what the server can do. Without it the page cannot work, so it says why and tries again. */
async function readAbout() {
  for (let wait = 2; ; wait = Math.min(60, wait * 2)) {
    try {
      return await api.about();
    } catch (error) {
      const seconds = error.retryAfter ?? wait;
      await new Promise((retry) => {
        const timer = setTimeout(retry, seconds * 1000);
        conversation.showProblem(
          { title: error.message, detail: `${error.detail ?? ''} This page tries again by itself.`.trim(), retryAfter: seconds, traceId: error.traceId },
          [['Try now', () => { clearTimeout(timer); retry(); }]]);
      });
      byId('refusal').hidden = true;
    }
  }
}

// A message that is sent while the page starts waits for the conversation in the address.
let started;
const ready = new Promise((resolve) => { started = resolve; });

conversation.start(actions.ofTurns);
clipboard.start(conversation.announce);
composer.start(() => ready.then(actions.send));
list.start({ rename: actions.rename, remove: actions.remove }, () => page.id);
shortcuts.start([
  { keys: 'Escape', text: 'Stop the answer', run: escape },
  { keys: 'Ctrl+K', text: 'Find a conversation', run: search },
  { keys: 'Ctrl+Alt+N', text: 'New conversation', run: openNew },
  { keys: 'Ctrl+Alt+C', text: 'Copy the newest answer', run: actions.copyLast },
  { keys: 'Alt+ArrowUp', text: 'Previous turn', run: () => shortcuts.toTurn(-1) },
  { keys: 'Alt+ArrowDown', text: 'Next turn', run: () => shortcuts.toTurn(1) },
  { keys: 'Alt+End', text: 'Newest answer', run: () => { follow.toEnd(); composer.focus(); } },
  { keys: 'Ctrl+/', text: 'This list', run: shortcuts.show },
], [{ keys: 'Enter', text: 'Send the message' }, { keys: 'Shift+Enter', text: 'Start a new line' }]);

byId('new').addEventListener('click', openNew);
byId('stop').addEventListener('click', actions.stop);
byId('compact').addEventListener('click', actions.compact);
byId('rename').addEventListener('click', () => actions.rename());
byId('expire').addEventListener('click', actions.expire);
byId('end').addEventListener('click', actions.endVisit);
byId('keyboard').addEventListener('click', shortcuts.show);
byId('list').addEventListener('click', (event) => {
  if (event.target.closest('a')) {
    list.menu(false);
  }
});
document.addEventListener('click', (event) => {
  const menu = byId('export');
  if (menu.open && (!menu.contains(event.target) || event.target.closest('a'))) {
    menu.open = false;
  }
});
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  composer.focus();
});

composer.show(inAddress());
composer.focus();
page.about = await readAbout();
byId('emulated').hidden = !page.about.isEmulated;
byId('panel').hidden = !page.about.canInjectFaults;
composer.configure(page.about, conversation.showProblem);
window.addEventListener('popstate', () => open(inAddress()));
await open(inAddress(), { keepsFocus: true });
composer.focus();
started();
document.body.dataset.ready = 'true';
