// A turn on the page: its messages, its answer and its actions.

import { copyButton } from './clipboard.js';
import { breakable, button, element, hidden, icon } from './dom.js';
import { link } from './links.js';
import { Answer } from './markdown.js';
import { compaction, cost, problem, rebuilt } from './notices.js';

const size = (bytes) => (bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`);

/** The messages before an answer. */
export function messages(views) {
  return views.map((message) => message.role === 'continuation' ? element('p', { className: 'notice', textContent: 'The answer above is continued.' }) : element(
    'div',
    { className: `message ${message.role}`, dir: 'auto' },
    hidden(message.role === 'user' ? 'You: ' : 'Unfinished answer: '),
    ...(message.images ?? []).map((image, index) => {
      const shown = element('img', {
        src: image.thumbnailUrl ?? image.url, alt: `Image ${index + 1} that you sent`, loading: 'lazy', decoding: 'async', width: image.width, height: image.height,
      });
      return image.url.startsWith('blob:') ? shown : element('a', { href: image.url, target: '_blank', rel: 'noopener', className: 'image' }, shown);
    }),
    ...(message.files ?? []).map((file) => element('span', { className: 'file' }, icon('file'), element('bdi', { textContent: file.name }), ` ${size(file.bytes)}`)),
    ...breakable(message.text)));
}

export function reasoning(text, isOpen = false) {
  return element('details', { className: 'reasoning', open: isOpen }, element('summary', { textContent: 'Reasoning' }), element('div', { dir: 'auto' }, ...breakable(text)));
}

export function sources(citations) {
  return element('ul', { className: 'sources', 'aria-label': 'Sources' }, ...citations.map((one) => element('li', {}, link(one.url, [document.createTextNode(one.title)]))));
}

/** Puts nodes into a parent in order, and moves only those that are elsewhere: a selection in the others stays. */
export function place(parent, nodes) {
  const wanted = nodes.filter((node) => node !== null);
  const keep = new Set(wanted);
  [...parent.childNodes].filter((node) => !keep.has(node)).forEach((node) => node.remove());
  wanted.forEach((node, index) => {
    if (parent.childNodes[index] !== node) {
      parent.insertBefore(node, parent.childNodes[index] ?? null);
    }
  });
}

function branches(view, number, actions) {
  const position = view.siblings.indexOf(view.id);
  return view.siblings.length < 2 ? null : element(
    'span',
    { className: 'branches', role: 'group', 'aria-label': `Versions of turn ${number}` },
    element('button', { type: 'button', 'aria-label': 'Earlier version', disabled: position === 0, onclick: () => actions.show(view.siblings[position - 1]) }, icon('left')),
    element('span', { textContent: `${position + 1} of ${view.siblings.length}` }),
    element('button', { type: 'button', 'aria-label': 'Later version', disabled: position === view.siblings.length - 1, onclick: () => actions.show(view.siblings[position + 1]) }, icon('right')));
}

function footer(view, number, actions) {
  const more = `, turn ${number}`;
  const isAnswered = view.kind !== 'unanswered';
  const details = [cost(view), view.model, view.effort ? `effort ${view.effort}` : null].filter(Boolean).join(' · ');
  return element(
    'footer',
    { className: 'meta' },
    isAnswered ? element('span', { className: 'cost', textContent: details }) : null,
    branches(view, number, actions),
    view.answerText ? copyButton(` the answer${more}`, () => view.answerText) : null,
    isAnswered ? button('Fork from here', () => actions.fork(view.id), { more, className: 'fork' }) : null,
    isAnswered ? button('Regenerate', () => actions.regenerate(view), { more, className: 'regenerate' }) : null,
    view.messages.some((message) => message.role === 'user') ? button('Edit question', () => actions.edit(view, number), { more, className: 'edit' }) : null,
    button('Delete from here', () => actions.removeTurn(view, number), { more, className: 'remove' }));
}

/** Why an answer is missing or incomplete, and what can be done. */
function unanswered(view, details, actions) {
  const title = view.status === 'failed' ? (view.answerText ? 'The answer was interrupted.' : 'The question was not answered.') : 'You stopped this answer.';
  const detail = view.answerText ? 'The question and the partial answer are kept.' : 'The question is kept.';
  return !view.isLast ? element('p', { className: 'notice', textContent: title }) : problem({ title, detail, ...details }, [
    ...(view.answerText ? [['Continue', () => actions.resume(view, true)]] : []),
    ['Try again', () => actions.resume(view, false)],
  ]);
}

/**
 * Creates the article of a turn.
 * @param view the turn as returned by the server
 * @param number its number in the conversation, from 1
 * @param actions show(turn), fork(turn), regenerate(view), edit(view), removeTurn(view), resume(view, keepPartial)
 * @param live the running answer that became this turn: its elements stay in place
 */
export function turn(view, number, actions, live = null) {
  if (view.compaction) {
    return compaction(view);
  }

  const article = live?.node ?? element('article');
  const answer = live?.answer.is(view.answer.blocks) ? live.answer : new Answer(view.answer.blocks);
  const thoughts = view.reasoning ? live?.thoughts ?? reasoning(view.reasoning) : null;
  article.removeAttribute('id');
  article.removeAttribute('aria-busy');
  article.className = view.kind === 'unanswered' ? 'turn unanswered' : 'turn';
  article.dataset.turn = view.id;
  article.ariaLabel = `Turn ${number}`;
  place(article, [
    element('h2', { className: 'hidden', textContent: `Turn ${number}` }),
    ...(live?.messages ?? messages(view.messages)),
    view.isRebuilt ? rebuilt() : null,
    thoughts,
    answer.node,
    view.citations.length > 0 ? sources(view.citations) : null,
    view.kind === 'unanswered' ? unanswered(view, live?.details, actions) : null,
    footer(view, number, actions),
  ]);
  return article;
}
