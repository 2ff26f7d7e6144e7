import { buildTrees, create, formatCost, renderTree } from './tree.js';

const interval = 1000;
const find = id => document.getElementById(id);
let key = new URLSearchParams(location.hash.slice(1)).get('key') ?? '';
let shown = '';
// The key stays in the memory of this page: not in its address, and not in the history.
if (location.hash) history.replaceState(null, '', '/');

const call = (path, options = {}) => fetch(`/emulator/api/${path}`, { ...options, headers: { ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) } });

const say = text => {
  if (find('status').textContent !== text) find('status').textContent = text;
};

const renderRequests = requests => {
  const rows = requests.toReversed().map(request => {
    const row = create('tr');
    const number = create('td');
    const button = create('button', `${request.number}`);
    button.type = 'button';
    button.setAttribute('aria-label', `Show request ${request.number}`);
    button.addEventListener('click', () => open(request.number));
    number.append(button);
    const status = request.status === null ? request.outcome : request.outcome === 'Answered' ? `${request.status}` : `${request.status} ${request.outcome}`;
    const tokens = request.inputTokens === null ? '' : `${request.inputTokens} + ${request.outputTokens}`;
    row.append(number, create('td', new Date(request.time).toLocaleTimeString()), create('td', `${request.method} ${request.path}${request.isStreamed ? ' (stream)' : ''}`),
      create('td', status, request.status >= 400 ? 'bad' : ''), create('td', request.model), create('td', request.problem ?? request.said, request.problem ? 'bad' : ''),
      create('td', tokens), create('td', formatCost(request.costInUsdTicks)));
    return row;
  });
  find('requests').replaceChildren(...rows);
};

const renderGates = gates => {
  find('gates-part').hidden = gates.length === 0;
  find('gates').replaceChildren(...gates.map(gate => {
    const item = create('li', `${gate.name}: ${gate.isOpen ? 'open' : gate.isReached ? 'a reply waits here ' : 'not reached '}`);
    if (!gate.isOpen) {
      const button = create('button', `Open ${gate.name}`);
      button.type = 'button';
      button.addEventListener('click', () => act(() => call(`gates/${encodeURIComponent(gate.name)}`, { method: 'POST' })));
      item.append(button);
    }
    return item;
  }));
};

const render = state => {
  for (const name of ['answers', 'service', 'received', 'stored', 'replies']) find(name).textContent = `${state[name]}`;
  find('cost').textContent = formatCost(state.costInUsdTicks);
  find('queued').textContent = `${state.faults}`;
  const focused = document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent;
  const inside = ['requests', 'conversations', 'gates'].find(id => find(id).contains(document.activeElement));
  renderRequests(state.requests);
  renderGates(state.gates);
  const trees = buildTrees(state.requests);
  find('no-conversations').hidden = trees.length > 0;
  find('conversations').replaceChildren();
  renderTree(find('conversations'), trees, open);
  // Redrawing must not take the focus from the keyboard.
  if (inside) [...find(inside).querySelectorAll('button')].find(button => (button.getAttribute('aria-label') ?? button.textContent) === focused)?.focus();
};

const open = async number => {
  const response = await call(`requests/${number}`);
  if (!response.ok) { say(await errorOf(response)); return; }
  const request = await response.json();
  find('detail').hidden = false;
  find('detail-title').textContent = `Request ${request.number}`;
  find('headers').textContent = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`).join('\n');
  find('body').textContent = pretty(request.body);
  find('answer').textContent = request.problem ?? request.answer ?? '';
  find('detail-title').focus();
};

const pretty = text => {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
};

const errorOf = async response => {
  try { return (await response.json()).error; } catch { return `The emulator answered with status ${response.status}.`; }
};

const refresh = async () => {
  const response = await call('state');
  find('key-form').hidden = response.status !== 401;
  find('main').hidden = response.status === 401;
  if (!response.ok) { say(await errorOf(response)); return; }
  const text = await response.text();
  if (text === shown) return;
  shown = text;
  const state = JSON.parse(text);
  render(state);
  if (find('fault').options.length === 0) await loadFaults();
  say(`${state.received} requests, ${state.stored} stored responses.`);
};

const loadFaults = async () => {
  const response = await call('faults');
  if (!response.ok) return;
  const faults = await response.json();
  find('fault').replaceChildren(...faults.map(fault => {
    const option = create('option', fault.name);
    option.dataset.meaning = fault.meaning;
    return option;
  }));
  showMeaning();
};

const showMeaning = () => { find('meaning').textContent = find('fault').selectedOptions[0]?.dataset.meaning ?? ''; };

const act = async send => {
  try {
    const response = await send();
    if (response.ok) await refresh();
    else say(await errorOf(response));
  } catch {
    say('The emulator cannot be reached.');
  }
};

find('fault').addEventListener('change', showMeaning);
find('fault-form').addEventListener('submit', event => {
  event.preventDefault();
  const parameters = find('parameters').value.trim();
  const body = JSON.stringify({ fault: parameters ? `${find('fault').value}; ${parameters}` : find('fault').value, times: Number(find('times').value) || 1 });
  act(() => call('faults', { method: 'POST', headers: { 'content-type': 'application/json' }, body }));
});
find('clear').addEventListener('click', () => act(() => call('faults', { method: 'DELETE' })));
find('key-form').addEventListener('submit', event => {
  event.preventDefault();
  key = find('key').value;
  find('key').value = '';
  act(() => call('state'));
});

for (;;) {
  try { if (!document.hidden) await refresh(); } catch { say('The emulator cannot be reached.'); }
  await new Promise(next => setTimeout(next, interval));
}
