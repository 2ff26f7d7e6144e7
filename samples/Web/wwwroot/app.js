// The page: the shown conversation and its actions.

import * as api from './api.js';
import * as composer from './composer.js';
import { LiveTurn } from './live.js';
import { element } from './text.js';
import { compaction, compactionText, money, problem, tokens, turn } from './turn.js';

const byId = (id) => document.getElementById(id);
const log = byId('log');
const main = byId('main');
const refusal = byId('refusal');

let shown = null; // the id of the conversation; null for a new one
let view = null;
let live = null;
let isSending = false;
let isCompacting = false;

const announce = (text) => { byId('status').textContent = text; };

function showProblem(details, actions = []) {
  refusal.replaceChildren(...problem(details, [...actions, ['Close', () => { refusal.hidden = true; composer.focus(); }]]).childNodes);
  refusal.hidden = false;
}

async function withProblem(work) {
  try {
    refusal.hidden = true;
    return await work();
  } catch (error) {
    if (!(error instanceof api.Problem)) {
      throw error;
    }

    showProblem({ title: error.message, detail: error.detail, traceId: error.traceId, retryAfter: error.retryAfter });
    return undefined;
  }
}

function fault() {
  const chosen = document.querySelector('input[name=fault]:checked');
  const value = chosen?.value || null;
  if (value) {
    document.querySelector('input[name=fault][value=""]').checked = true;
  }

  return value;
}

const isNearEnd = () => main.scrollHeight - main.scrollTop - main.clientHeight < 120;
const toEnd = () => main.scrollTo({ top: main.scrollHeight });

function buttons() {
  byId('send').hidden = live?.isRunning === true;
  byId('stop').hidden = !byId('send').hidden;
  byId('send').disabled = isSending;
  byId('compact').hidden = !view || view.turns.length === 0;
  byId('compact').disabled = isSending || isCompacting || live?.isRunning === true || !view?.isAtHead || Boolean(view?.turns.at(-1)?.compaction);
  byId('expire').disabled = !view || view.turns.length === 0;
}

function draw() {
  const turns = view?.turns ?? [];
  // Turns change only in their list of alternative answers, so existing nodes are reused.
  const known = new Map([...log.children].filter((node) => node.dataset.turn).map((node) => [node.dataset.turn + node.dataset.siblings, node]));
  log.replaceChildren(...turns.map((one, index) => {
    const siblings = one.siblings.join();
    const number = turns.slice(0, index).filter((earlier) => !earlier.compaction).length;
    const node = known.get(one.id + siblings) ?? (one.compaction ? compaction(one) : turn({ ...one, isRebuilt: one.isRebuilt && !turns[index - 1]?.compaction }, number, { show: (id) => open(shown, { turn: id }), fork, regenerate }));
    node.dataset.siblings = siblings;
    return node;
  }), ...(live ? [live.node] : []));
  byId('empty').hidden = turns.length > 0 || live !== null;
  byId('title').textContent = view?.title ?? 'New conversation';
  document.title = view ? `${view.title} - Conversations` : 'Conversations';
  byId('totals').textContent = turns.length > 0 ? `${view.totals.turns} ${view.totals.turns === 1 ? 'turn' : 'turns'}, ${tokens(view.totals)}, ${money(view.totals.costInUsd)}` : '';
  buttons();
}

function watch(run) {
  live?.close();
  live = run && new LiveTurn(run, {
    grown: () => {
      if (isNearEnd()) {
        requestAnimationFrame(toEnd);
      }
    },
    done: async (finished, text) => {
      const wasNearEnd = isNearEnd();
      if (finished.conversation === shown || live?.run.id === run.id) {
        await open(finished.conversation, { keepsFocus: true });
        announce(`The answer is complete: ${text.length > 400 ? `${text.slice(0, 400)}, and more.` : text}`);
        if (wasNearEnd) {
          toEnd();
        }
      }
    },
    ended: () => { buttons(); announce('The answer is incomplete.'); refreshList(); },
    gone: async () => {
      await open(view?.totals.turns ? shown : null, { keepsFocus: true });
      showProblem({ title: 'The server no longer has the answer that was being written.', detail: 'Send the message again.' });
    },
    resume: (keepPartial) => startAnswer(() => api.resume(run.id, keepPartial)),
    dismiss: () => withProblem(async () => { await api.dismiss(run.id); live = null; await open(view?.turns.length || view?.totals.turns ? shown : null); }),
    open: (id) => { location.hash = id; },
  });
}

/** Shows a conversation, or an empty page. */
async function open(id, { turn: turnId, keepsFocus = false } = {}) {
  const found = id === null ? null : await withProblem(() => api.read(id, turnId));
  if (id !== null && !found) {
    if (shown === null) {
      history.replaceState(null, '', location.pathname);
    }

    await refreshList();
    return;
  }

  shown = id;
  view = found;
  if (location.hash.slice(1) !== (id ?? '')) {
    history.pushState(null, '', id ? `#${id}` : location.pathname);
  }

  watch(found?.run ?? null);
  draw();
  if (!keepsFocus) {
    toEnd();
    (id === null ? composer : byId('title')).focus();
  }

  menu(false);
  await refreshList();
}

/** Starts an answer and shows it. */
async function startAnswer(start) {
  if (isSending) {
    return undefined;
  }

  isSending = true;
  buttons();
  const started = await withProblem(start);
  isSending = false;
  buttons();
  if (started) {
    announce('The answer is running.');
    await open(started.conversation, { keepsFocus: true });
    toEnd();
  }

  return started;
}

async function send() {
  if (live?.isRunning || isSending) {
    return;
  }

  const message = composer.take();
  const after = view && !view.isAtHead ? view.turns.at(-1)?.id ?? null : null;
  const broken = fault();
  const started = await startAnswer(async () =>
    api.send(shown, { text: message.text, images: await composer.toUploads(message.images), after, search: composer.wantsSearch(), fault: broken }));
  if (!started) {
    composer.restore(message);
  }

  composer.focus();
}

const regenerate = (id) => startAnswer(() => api.regenerate(shown, id, composer.wantsSearch(), fault()));

async function fork(id) {
  const forked = await withProblem(() => api.fork(shown, id));
  if (forked) {
    await open(forked.conversation);
    announce('This is a fork. Messages here do not change the original conversation.');
  }
}

async function compact() {
  isCompacting = true;
  buttons();
  announce('The conversation is being compacted.');
  const done = await withProblem(() => api.compact(shown));
  isCompacting = false;
  buttons();
  if (done) {
    await open(shown, { keepsFocus: true });
    announce(compactionText(done));
    toEnd();
  }

  composer.focus();
}

async function stop() {
  if (live?.isRunning) {
    await withProblem(() => api.stop(live.run.id));
    composer.focus();
  }
}

async function remove(item) {
  byId('question').textContent = `Delete “${item.title}” here and on the server?`;
  const dialog = byId('confirm');
  dialog.returnValue = 'no';
  dialog.showModal();
  await new Promise((closed) => { dialog.addEventListener('close', closed, { once: true }); });
  if (dialog.returnValue === 'yes') {
    await withProblem(() => api.remove(item.id));
    announce('The conversation is deleted.');
    await (item.id === shown ? open(null) : refreshList());
  }
}

async function refreshList() {
  const items = await api.list().catch(() => null);
  if (!items) {
    return;
  }

  const focused = document.activeElement?.closest('#list li')?.dataset.id;
  byId('list').replaceChildren(...items.map((item) => element(
    'li',
    { 'data-id': item.id, className: item.id === shown ? 'current' : '' },
    element('a', { href: `#${item.id}`, title: item.title, ...(item.id === shown ? { 'aria-current': 'page' } : {}) },
      item.isFork ? element('span', { textContent: '⑂ ', 'aria-hidden': 'true' }) : null,
      item.isFork ? element('span', { className: 'hidden', textContent: 'Fork: ' }) : null,
      item.title,
      item.isRunning ? element('span', { className: 'hidden', textContent: ', answer running' }) : null),
    element('button', { type: 'button', 'aria-label': `Delete ${item.title}`, textContent: '×', onclick: () => remove(item) }))));
  if (focused) {
    document.querySelector(`#list li[data-id="${CSS.escape(focused)}"] a`)?.focus();
  }
}

function menu(isOpen) {
  byId('side').classList.toggle('open', isOpen);
  byId('menu').setAttribute('aria-expanded', String(isOpen));
}

byId('menu').addEventListener('click', () => {
  menu(!byId('side').classList.contains('open'));
  if (byId('side').classList.contains('open')) {
    byId('new').focus();
  }
});
byId('new').addEventListener('click', () => open(null));
byId('stop').addEventListener('click', stop);
byId('compact').addEventListener('click', compact);
byId('expire').addEventListener('click', () => withProblem(async () => {
  await api.expire(shown);
  announce('The stored responses of this conversation are deleted.');
  composer.focus();
}));
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !byId('confirm').open) {
    if (byId('side').classList.contains('open')) {
      menu(false);
      byId('menu').focus();
    } else {
      stop();
    }
  }
});
window.addEventListener('popstate', () => open(location.hash.slice(1) || null));
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  composer.focus();
});

const about = await api.about();
byId('emulated').hidden = !about.isEmulated;
byId('panel').hidden = !about.canInjectFaults;
composer.start(about, send, showProblem);
await open(location.hash.slice(1) || null, { keepsFocus: true });
composer.focus();
