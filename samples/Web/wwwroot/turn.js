// A turn on the page: its messages, its answer and its actions.

import { element, link, show } from './text.js';

const numbers = new Intl.NumberFormat('en');

export const money = (usd) => (usd === 0 ? '$0' : `$${usd < 0.01 ? usd.toPrecision(2) : usd.toFixed(2)}`);
export const tokens = (view) => `${numbers.format(view.inputTokens)} tokens in, ${numbers.format(view.outputTokens)} out`;

export function messages(views) {
  return views.map((message) => element(
    'div',
    { className: `message ${message.role}` },
    element('span', { className: 'hidden', textContent: message.role === 'user' ? 'You: ' : 'Unfinished answer: ' }),
    ...message.images.map((address, index) => element('img', { src: address, alt: `Image ${index + 1} that you sent`, loading: 'lazy' })),
    message.text));
}

export function reasoning(text, isOpen = false) {
  return element('details', { className: 'reasoning', open: isOpen }, element('summary', { textContent: 'Reasoning' }), element('div', { textContent: text }));
}

export function sources(citations) {
  return element('ul', { className: 'sources', 'aria-label': 'Sources' }, ...citations.map((one) => element('li', {}, link(one.url, one.title))));
}

export function rebuilt() {
  return element('p', {
    className: 'notice',
    textContent: 'The service did not have this conversation. It was resent in full from the store of this server.',
  });
}

/** The notice in the place of a compaction: "41 turns compacted, 9,327 → 1,850 tokens". */
export const compactionText = (view) =>
  `${view.turns} ${view.turns === 1 ? 'turn' : 'turns'} compacted, ${numbers.format(view.tokensBefore)} → ${numbers.format(view.tokensAfter)} tokens`;

export const compaction = (view) => element('p', { className: 'notice compaction', 'data-turn': view.id, textContent: compactionText(view.compaction) });

export function turn(view, index, actions) {
  const text = element('div', { className: 'text' });
  show(text, view.answer);
  const position = view.siblings.indexOf(view.id);
  const number = index + 1;
  return element(
    'article',
    { className: 'turn', 'data-turn': view.id, 'aria-label': `Turn ${number}` },
    ...messages(view.messages),
    view.isRebuilt ? rebuilt() : null,
    view.reasoning ? reasoning(view.reasoning) : null,
    text,
    view.citations.length > 0 ? sources(view.citations) : null,
    element(
      'footer',
      { className: 'meta' },
      element('span', { className: 'cost', textContent: `${tokens(view)}, ${money(view.costInUsd)}` }),
      view.siblings.length < 2 ? null : element(
        'span',
        { className: 'branches', role: 'group', 'aria-label': 'Other answers' },
        element('button', { type: 'button', 'aria-label': 'Earlier answer', textContent: '‹', disabled: position === 0, onclick: () => actions.show(view.siblings[position - 1]) }),
        element('span', { textContent: `${position + 1} of ${view.siblings.length}` }),
        element('button', { type: 'button', 'aria-label': 'Later answer', textContent: '›', disabled: position === view.siblings.length - 1, onclick: () => actions.show(view.siblings[position + 1]) })),
      element('button', { type: 'button', className: 'fork', 'aria-label': `Fork from turn ${number}`, textContent: 'Fork from here', onclick: () => actions.fork(view.id) }),
      element('button', { type: 'button', className: 'regenerate', 'aria-label': `Regenerate turn ${number}`, textContent: 'Regenerate', onclick: () => actions.regenerate(view.id) })));
}

/** Shows a problem with its actions, and counts down the requested wait. */
export function problem(details, actions) {
  const buttons = actions.map(([label, act]) => element('button', { type: 'button', textContent: label, onclick: act }));
  const detail = element('p', { textContent: details.detail ?? '' });
  const box = element(
    'div',
    { className: 'problem', role: 'alert' },
    element('p', {}, element('strong', { textContent: details.title })),
    detail,
    element('div', { className: 'actions' }, ...buttons),
    details.traceId ? element('p', { className: 'trace', textContent: `Trace ${details.traceId}` }) : null);
  if (details.retryAfter) {
    countDown(box, buttons.filter((button) => button.textContent === 'Try again'), details.retryAfter);
  }

  return box;
}

function countDown(box, buttons, seconds) {
  const wait = element('p', { className: 'wait', 'aria-live': 'off' });
  box.append(wait);
  const until = Date.now() + (seconds * 1000);
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    buttons.forEach((button) => { button.disabled = left > 0; });
    wait.textContent = left > 0 ? `Wait ${left} s.` : '';
    if (left > 0) {
      setTimeout(tick, 250);
    }
  };
  tick();
}
