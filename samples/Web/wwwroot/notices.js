// Problems with their actions, and notices about a conversation.

import { button, element } from './dom.js';

const numbers = new Intl.NumberFormat('en');
const count = (number, one, many) => `${numbers.format(number)} ${number === 1 ? one : many}`;

export const money = (usd) => (usd === 0 ? '$0' : `$${usd < 0.01 ? usd.toPrecision(2) : usd.toFixed(2)}`);

/** "1,204 tokens in (900 cached), 85 out, $0.0012". */
export function cost(view) {
  const cached = view.cachedInputTokens > 0 ? ` (${numbers.format(view.cachedInputTokens)} cached)` : '';
  const saved = view.savingsInUsd > 0 ? `, ${money(view.savingsInUsd)} saved by the cache` : '';
  return `${numbers.format(view.inputTokens)} tokens in${cached}, ${numbers.format(view.outputTokens)} out, ${money(view.costInUsd)}${saved}`;
}

/** The totals of a conversation, with other branches. */
export const totals = (view) => `${count(view.turns, 'turn', 'turns')}, ${cost(view)}`;

export const rebuilt = () => element('p', {
  className: 'notice',
  textContent: 'The service no longer had this conversation, so this server sent it again in full.',
});

/** The notice in the place of a compaction: "41 turns compacted, 9,327 → 1,850 tokens". */
export const compactionText = (view) =>
  `${count(view.turns, 'turn', 'turns')} compacted, ${numbers.format(view.tokensBefore)} → ${numbers.format(view.tokensAfter)} tokens`;

export const compaction = (view) => element('p', { className: 'notice compaction', 'data-turn': view.id, textContent: compactionText(view.compaction) });

/** Shows a problem with its actions, and counts down the requested wait. */
export function problem(details, actions) {
  const buttons = actions.map(([label, act]) => button(label, act));
  const box = element(
    'div',
    { className: 'problem', role: 'alert' },
    element('p', {}, element('strong', { textContent: details.title })),
    details.detail ? element('p', { textContent: details.detail }) : null,
    element('div', { className: 'actions' }, ...buttons),
    details.traceId ? element('p', { className: 'trace', textContent: `Trace ${details.traceId}` }) : null);
  if (details.retryAfter) {
    countDown(box, buttons.filter((one) => one.textContent === 'Try again'), details.retryAfter);
  }

  return box;
}

function countDown(box, buttons, seconds) {
  const wait = element('p', { className: 'wait', 'aria-live': 'off' });
  box.append(wait);
  const until = Date.now() + (seconds * 1000);
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    buttons.forEach((one) => { one.disabled = left > 0; });
    wait.textContent = left > 0 ? `Wait ${left} s.` : '';
    if (left > 0) {
      setTimeout(tick, 250);
    }
  };
  tick();
}
