// The conversation that is shown: its state, how it is read, and how it is drawn.

import * as api from './api.js';
import * as composer from './composer.js';
import { byId, element } from './dom.js';
import * as follow from './follow.js';
import * as list from './list.js';
import { LiveTurn } from './live.js';
import { problem, totals } from './notices.js';
import { place, turn } from './turn.js';

const log = byId('log');
const refusal = byId('refusal');
const nodes = new Map(); // the nodes of the shown turns, by what they show

/** What is shown: the conversation's id (null for a new one), its view, and its running answer. */
export const page = { id: null, view: null, live: null, about: {}, isBusy: false };

const Newest = 30; // turns that are drawn first

let ticket = 0; // increases when another conversation is opened: answers to earlier clicks are dropped
let actions = {};

export const announce = (text) => { byId('status').textContent = text; };

/** Whether the page still shows what it showed when this was called. */
export function mark() {
  const mine = ticket;
  return () => mine === ticket;
}

export function showProblem(details, choices = []) {
  const close = () => {
    refusal.hidden = true;
    composer.focus();
  };
  refusal.replaceChildren(...problem(details, [...choices, ['Close', close]]).childNodes);
  refusal.hidden = false;
}

/** Runs work, and shows the problem that the server answered with; then the result is undefined. */
export async function withProblem(work) {
  try {
    refusal.hidden = true;
    return await work();
  } catch (error) {
    if (!(error instanceof api.Problem)) {
      throw error;
    }

    showProblem(error);
    return undefined;
  }
}

const numberOf = (index) => page.view.turns.slice(0, index + 1).filter((one) => !one.compaction).length;

function nodeAt(index, live) {
  const { turns } = page.view;
  const view = { ...turns[index], isRebuilt: turns[index].isRebuilt && !page.about.unstored, isLast: index === turns.length - 1 && !page.live };
  const number = numberOf(index);
  const key = JSON.stringify([view.id, view.siblings, number, view.kind === 'unanswered' && view.isLast]);
  const node = nodes.get(key) ?? turn(view, number, actions, live);
  nodes.set(key, node);
  return [key, node];
}

export function buttons() {
  const { view, live } = page;
  const hasTurns = view !== null && view.turns.length > 0;
  const isRunning = live?.isRunning === true;
  byId('send').hidden = isRunning && live.run.id !== null;
  byId('stop').hidden = !byId('send').hidden;
  byId('send').disabled = page.isBusy || isRunning;
  byId('compact').hidden = byId('export').hidden = !hasTurns;
  byId('rename').hidden = !hasTurns;
  byId('compact').disabled = page.isBusy || isRunning || !view?.isAtHead || Boolean(view?.turns.at(-1)?.compaction);
  byId('expire').disabled = !hasTurns;
}

/** Draws the conversation, or its turns from an index on. Nodes that are shown already stay, with the selection in them. */
export function draw(live = null, first = 0) {
  const { view } = page;
  const turns = view?.turns ?? [];
  const shown = turns.slice(first).map((_, index) => nodeAt(first + index, first + index === turns.length - 1 ? live : null));
  const keys = new Set(shown.map(([key]) => key));
  [...nodes.keys()].filter((key) => !keys.has(key)).forEach((key) => nodes.delete(key));
  place(log, [...shown.map(([, node]) => node), page.live?.node ?? null]);
  byId('empty').hidden = turns.length > 0 || page.live !== null;
  const title = view?.title ?? 'New conversation';
  byId('title').replaceChildren(element('bdi', { textContent: title }));
  document.title = view ? `${title} - Conversations` : 'Conversations';
  byId('totals').textContent = turns.length > 0 ? totals(view.totals) : '';
  byId('markdown').href = page.id ? api.exportAddress(page.id, 'markdown') : '';
  byId('json').href = page.id ? api.exportAddress(page.id, 'json') : '';
  buttons();
}

/** Reads the turn that a running answer became, and adds it. The elements of the answer stay in place. */
export async function addTurn(id, live) {
  const isCurrent = mark();
  const found = await withProblem(() => api.readTurn(page.id, id));
  if (!found || !isCurrent()) {
    return false;
  }

  page.view = { ...page.view, title: found.title, totals: found.totals, turns: [...page.view.turns, found.turn], isAtHead: true };
  page.live = null;
  draw(live);
  await list.refresh(page.id);
  return true;
}

/** Shows a message that is being sent, before the server has it. */
export function sending(messages) {
  page.live?.close();
  page.live = new LiveTurn({ id: null, status: 'running', messages, elapsed: 0 });
  draw();
  follow.toEnd();
}

/** Follows a running answer. */
export function watch(run) {
  if (page.live?.run.id !== null) {
    page.live?.close();
    page.live = run && new LiveTurn(run);
  }

  const { live } = page;
  if (!run) {
    return;
  }

  live.follow(run, {
    grown: follow.grown,
    done: async (finished) => {
      if (page.live !== live) {
        return;
      }

      if (finished.conversation !== page.id || !finished.turn) {
        await open(finished.conversation, { keepsFocus: true });
      } else {
        await addTurn(finished.turn, live);
      }

      announce(`The answer is complete: ${live.text.length > 400 ? `${live.text.slice(0, 400)}, and more.` : live.text}`);
      follow.grown();
    },
    ended: async (details) => {
      if (page.live !== live) {
        return;
      }

      live.details = details;
      announce('The answer is incomplete.');
      // A stopped or failed answer is a turn of the conversation; it is shown with its actions.
      if (!details.turn || !await addTurn(details.turn, live)) {
        live.showProblem(details, actions.choices(live, details));
      }

      buttons();
      follow.toEnd();
    },
    gone: async () => {
      const isCurrent = mark();
      const known = page.view?.turns.length ?? 0;
      const found = await api.read(page.id).catch(() => null);
      if (page.live !== live || !isCurrent()) {
        return;
      }

      page.view = found ?? (known > 0 ? page.view : null);
      page.live = null;
      draw();
      // The answer was completed or kept meanwhile, or it is lost with the process that wrote it.
      if (!found || found.turns.length <= known) {
        actions.recover(run.messages);
      }
    },
  });
}

/** Shows a running answer after some of the turns; the others belong to another branch. */
export function begin({ conversation, run, messages, turns, title }) {
  const totalsOf = page.view?.totals ?? { turns: 0, inputTokens: 0, outputTokens: 0, costInUsd: 0 };
  page.id = conversation;
  page.view = { id: conversation, title: page.view?.title ?? title, totals: totalsOf, turns, isAtHead: true };
  setAddress(conversation);
  composer.show(conversation);
  if (run) {
    watch({ id: run, status: 'running', messages, elapsed: 0 });
  }

  draw();
  follow.toEnd();
}

function setAddress(id) {
  if (location.hash.slice(1) !== (id ?? '')) {
    history.pushState(null, '', id ? `#${id}` : location.pathname);
  }
}

/** Shows a conversation, or an empty page. The latest call wins. */
export async function open(id, { turn: turnId, keepsFocus = false, isInPlace = false } = {}) {
  ticket++;
  const isCurrent = mark();
  byId('main').setAttribute('aria-busy', String(id !== null));
  const found = id === null ? null : await withProblem(() => api.read(id, turnId));
  if (!isCurrent()) {
    return;
  }

  byId('main').setAttribute('aria-busy', 'false');
  if (id !== null && !found) {
    if (page.id === null) {
      history.replaceState(null, '', location.pathname);
    }

    await list.refresh(page.id);
    return;
  }

  const isOther = page.id !== id;
  page.live?.close();
  [page.id, page.view, page.live] = [id, found, null];
  setAddress(id);
  composer.show(id);
  watch(found?.run ?? null);
  // The newest turns fill the window; those above it are added when these are visible.
  const first = isOther || !isInPlace ? Math.max(0, (found?.turns.length ?? 0) - Newest) : 0;
  draw(null, first);
  if (isOther || !isInPlace) {
    follow.toEnd();
  }

  requestAnimationFrame(() => performance.mark('conversation-drawn'));
  if (first > 0) {
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    if (!isCurrent()) {
      return;
    }

    draw();
    follow.grown();
    requestAnimationFrame(() => performance.mark('conversation-complete'));
  }

  if (!keepsFocus) {
    (id === null ? composer : byId('title')).focus();
  }

  await list.refresh(page.id);
}

export function start(pageActions) {
  actions = pageActions;
}
