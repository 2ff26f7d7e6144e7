// What a person does in a conversation: send, stop, edit, fork, regenerate, resume, rename, compact and delete.

import * as api from './api.js';
import * as attachments from './attachments.js';
import * as composer from './composer.js';
import { addTurn, announce, begin, buttons, draw, mark, open, page, sending, showProblem, withProblem } from './conversation.js';
import { ask, confirm } from './dialogs.js';
import { button, byId, element } from './dom.js';
import * as follow from './follow.js';
import * as list from './list.js';
import { compactionText } from './notices.js';

const titleOf = (text) => (text.length > 60 ? `${text.slice(0, 60).trimEnd()}…` : text);
const indexOf = (id) => page.view.turns.findIndex((one) => one.id === id);

/** Starts an answer and shows it after the given turns. Returns what the server started; undefined when it refused. */
async function startAnswer(request, { messages, turns }) {
  if (page.isBusy || page.live?.isRunning) {
    return undefined;
  }

  const isCurrent = mark();
  const [before, view] = [page.id, page.view];
  page.isBusy = true;
  if (page.view) {
    page.view = { ...page.view, turns };
  }

  sending(messages);
  let refused = null;
  const started = await withProblem(async () => {
    try {
      return await request();
    } catch (error) {
      refused = error;
      throw error;
    } finally {
      page.isBusy = false;
    }
  });

  if (!isCurrent()) {
    // The person opened another conversation meanwhile and stays there.
    buttons();
    await list.refresh(page.id);
    return started;
  }

  if (started) {
    announce('The answer is running.');
    begin({ ...started, messages, turns, title: titleOf(messages.at(-1).text) });
    await list.refresh(page.id);
  } else if (refused.turn) {
    // The question is kept as a turn, which says why it has no answer.
    const { live } = page;
    live.close();
    live.details = refused;
    byId('refusal').hidden = true;
    begin({ conversation: refused.conversation, run: null, messages, turns, title: titleOf(messages.at(-1).text) });
    await addTurn(refused.turn, live);
    follow.toEnd();
    return refused;
  } else {
    page.live.close();
    [page.id, page.view, page.live] = [before, view, null];
    draw();
  }

  return started;
}

/** Sends the message in the form. It belongs to the conversation that is shown now, whatever is opened meanwhile. */
export async function send() {
  if (page.live?.isRunning || page.isBusy) {
    return;
  }

  const { id, view } = page;
  const message = composer.take();
  if (message.text.trim() === '' && message.files.length === 0) {
    showProblem({ title: 'The message is empty.', detail: 'Write something, or add an image.' });
    return;
  }

  const after = view && !view.isAtHead ? view.turns.at(-1)?.id ?? null : null;
  const options = composer.options();
  const started = await startAnswer(
    async () => api.send(id, { text: message.text, ...await attachments.toUploads(message.files), after, ...options }),
    { messages: [{ role: 'user', text: message.text, ...attachments.toViews(message.files) }], turns: view?.turns ?? [] });
  if (!started) {
    composer.restore(id, message);
  }

  composer.focus();
}

export async function stop() {
  if (page.live?.isRunning && page.live.run.id !== null) {
    await withProblem(() => api.stop(page.live.run.id));
    // The focus would end a selection in the answer.
    if (getSelection().isCollapsed) {
      composer.focus();
    }
  }
}

/** Puts a question back into the form when the server lost it. */
function recover(messages) {
  const text = messages.findLast((message) => message.role === 'user')?.text ?? '';
  composer.restore(page.id, { text, files: [] });
  showProblem({ title: 'The server no longer has the answer that was being written.', detail: 'Your message is in the form again. Send it once more.' });
}

/** The actions after an answer that ended early, when the server did not store it as a turn. */
function choices(live, details) {
  const { run } = live;
  const turns = page.view?.turns ?? [];
  const resume = (keepPartial) => startAnswer(() => api.resume(run.id, keepPartial), { messages: run.messages, turns });
  const dismiss = async () => {
    await api.dismiss(run.id).catch(() => null);
    await open(turns.length > 0 ? page.id : null);
  };
  return [
    ...(details.conversation ? [['Open it', () => { location.hash = details.conversation; }]] : live.text ? [['Continue', () => resume(true)]] : []),
    ['Try again', () => resume(false)],
    ['Dismiss', dismiss],
  ];
}

function resume(view, keepPartial) {
  // The partial answer stays, and the rest is the next turn; another try is an alternative to the first.
  const messages = keepPartial ? [{ role: 'continuation', text: '' }] : view.messages;
  return startAnswer(() => api.resumeTurn(page.id, view.id, keepPartial), { messages, turns: page.view.turns.slice(0, indexOf(view.id) + (keepPartial ? 1 : 0)) });
}

const regenerate = (view) => startAnswer(
  () => api.regenerate(page.id, view.id, composer.options()),
  { messages: view.messages, turns: page.view.turns.slice(0, indexOf(view.id)) });

async function fork(id) {
  const isCurrent = mark();
  const forked = await withProblem(() => api.fork(page.id, id));
  if (forked && isCurrent()) {
    await open(forked.conversation);
    announce('This is a fork. Messages here do not change the original conversation.');
  }
}

/** Edits a question in its place. The edited question is an alternative: the earlier one stays as another version. */
function edit(view, number) {
  const article = document.querySelector(`article[data-turn="${CSS.escape(view.id)}"]`);
  const shown = [...article.querySelectorAll('.message.user')].at(-1);
  const message = view.messages.findLast((one) => one.role === 'user');
  if (article.querySelector('.editor')) {
    return;
  }

  const box = element('textarea', { className: 'edit', value: message.text, dir: 'auto', 'aria-label': `Question of turn ${number}`, rows: Math.min(12, message.text.split('\n').length + 1) });
  const close = () => {
    editor.remove();
    shown.hidden = false;
    composer.focus();
  };
  const submit = async () => {
    const index = indexOf(view.id);
    const files = await Promise.all((message.images ?? []).map(async (image) => (await fetch(image.url)).blob()));
    const [after, filesOf] = [page.view.turns[index - 1]?.id ?? '', message.files?.length > 0 ? view.id : null];
    const text = box.value;
    close();
    await startAnswer(
      async () => api.send(page.id, { text, ...await attachments.toUploads(files), after, filesOf, ...composer.options() }),
      { messages: [{ ...message, text }], turns: page.view.turns.slice(0, index) });
  };
  const editor = element(
    'div',
    { className: 'editor', onkeydown: (event) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        close();
      } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        submit();
      }
    } },
    box,
    element('div', { className: 'tools' }, button('Cancel', close), button('Send edited question', submit, { className: 'main' })));
  shown.hidden = true;
  shown.after(editor);
  box.focus();
}

async function removeTurn(view, number) {
  const isCurrent = mark();
  const index = indexOf(view.id);
  const later = page.view.turns.length - index - 1;
  const what = later > 0 ? `turn ${number} and the ${later === 1 ? 'turn' : `${later} turns`} after it` : `turn ${number}`;
  if (await confirm(`Delete ${what}, here and at the service?`, 'Delete') && isCurrent()) {
    const done = await withProblem(() => api.removeTurn(page.id, view.id));
    if (done && isCurrent()) {
      announce('Deleted.');
      await open(done.turn ? page.id : null, { keepsFocus: true });
      composer.focus();
    }
  }
}

export async function compact() {
  const isCurrent = mark();
  const { id } = page;
  page.isBusy = true;
  buttons();
  announce('The conversation is being compacted.');
  const done = await withProblem(() => api.compact(id));
  page.isBusy = false;
  buttons();
  if (done && isCurrent()) {
    await open(id, { keepsFocus: true });
    announce(compactionText(done));
  }

  composer.focus();
}

export async function rename(item = page.view) {
  const title = await ask('Title of the conversation', item.title, 'Empty: the first words of the first question.');
  if (title !== null && await withProblem(async () => { await api.rename(item.id, title); return true; })) {
    if (item.id === page.id) {
      page.view = { ...page.view, title: (await api.readTurn(item.id, page.view.turns.at(-1)?.id).catch(() => null))?.title ?? page.view.title };
      draw();
    }

    announce('Renamed.');
    await list.refresh(page.id);
  }
}

export async function remove(item) {
  if (await confirm(`Delete “\u2068${item.title}\u2069” here and at the service?`, 'Delete')) {
    await withProblem(() => api.remove(item.id));
    announce('The conversation is deleted.');
    await (item.id === page.id ? open(null) : list.refresh(page.id));
  }
}

export async function expire() {
  await withProblem(async () => {
    await api.expire(page.id);
    announce('The stored responses of this conversation are deleted.');
    composer.focus();
  });
}

/** Ends the visit: this browser forgets the visitor, and with it the conversations. */
export async function endVisit() {
  if (await confirm('End this visit? This browser will no longer show these conversations, and nobody can open them from here.', 'End the visit')) {
    if (await withProblem(async () => { await api.endVisit(); return true; })) {
      sessionStorage.clear();
      location.assign(location.pathname);
    }
  }
}

/** The actions of turns. */
export const ofTurns = { show: (id) => open(page.id, { turn: id, keepsFocus: true, isInPlace: true }), fork, regenerate, edit, removeTurn, resume, choices, recover };

export function copyLast() {
  const buttonsOfAnswers = byId('log').querySelectorAll('.meta .copy');
  buttonsOfAnswers[buttonsOfAnswers.length - 1]?.click();
}
