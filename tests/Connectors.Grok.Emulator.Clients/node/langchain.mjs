import { ChatXAIResponses } from '@langchain/xai';
import { faultChecks, must, run } from './faults.mjs';

const [baseURL, apiKey] = process.argv.slice(2);

// This client has no option for headers. The checks run one after the other, so a wrapper of fetch can add them.
const send = globalThis.fetch;
let extra = {};
globalThis.fetch = (url, init) => send(url, { ...init, headers: { ...init.headers, ...extra } });

const make = (fields = {}) => new ChatXAIResponses({ model: 'grok-4.6', apiKey, baseURL, maxRetries: 0, ...fields });
const model = make();
const say = (text, options) => model.invoke(text, options);
const idOf = message => message.response_metadata.id;
const after = message => ({ previous_response_id: idOf(message) });
const fails = async promise => promise.then(() => { throw new Error('no error is raised'); }, error => error);
const statusOf = error => Number(/xAI API error: (\d+)/.exec(error.message)?.[1]);
const unsupported = () => { throw new Error('not supported by the client'); };

async function within(headers, body) {
  extra = headers;
  try {
    return await body();
  } finally {
    extra = {};
  }
}

async function chunks(text, options, client = model) {
  const all = [];
  for await (const chunk of await client.stream(text, options)) all.push(chunk);
  return all;
}

const text = all => all.map(chunk => chunk.content).join('');
const ask = fault => within({ 'x-emulator-fault': fault }, async () => text(await chunks('What is 2 + 2?')));

// Reads a stream without an end until the client ends it after the abort, or fails after three seconds.
const abort = (fault = 'stall; after=4') => within({ 'x-emulator-fault': fault }, async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 500);
  const late = new Promise((_, reject) => { setTimeout(() => reject(new Error('not aborted')), 3000); });
  await Promise.race([chunks('Hello', { signal: stop.signal }).catch(error => must(/abort/i.test(error.message), error.message)), late]);
});

await run('@langchain/xai', {
  'create': async () => must((await say('What is 2 + 2?')).content === '2 + 2 equals 4.', 'wrong text'),
  'chain': async () => must(/Alice/.test((await say("What's my name?", after(await say('My name is Alice.')))).content), 'forgotten'),
  'fork': async () => {
    const root = await say('My name is Alice.');
    const forks = await Promise.all(['red', 'blue'].map(async colour =>
      (await say('What is my favourite colour?', after(await say(`My favourite colour is ${colour}.`, after(root))))).content));
    must(/red/.test(forks[0]) && /blue/.test(forks[1]), forks.join(' | '));
  },
  // This client does not show the events.
  'stream with gap-free sequence numbers': unsupported,
  'reasoning': unsupported,
  'encrypted replay': unsupported,
  'function call': unsupported,
  'streamed function call': unsupported,
  'structured output': async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name', 'age'] };
    const answer = await say('My name is Alice and I am 30.', { text: { format: { type: 'json_schema', schema } } });
    must(Number.isInteger(JSON.parse(answer.content).age), answer.content);
  },
  'citations': unsupported,
  'retrieve': unsupported,
  'delete': unsupported,
  'deleted, then 404 with its error text': async () => {
    const first = await say('Hello');
    await send(`${baseURL}/responses/${idOf(first)}`, { method: 'DELETE', headers: { authorization: `Bearer ${apiKey}` } });
    const error = await fails(say('Hello', after(first)));
    must(statusOf(error) === 404 && error.message.includes(`Response with id=${idOf(first)} not found`), error.message);
  },
  'abort': abort,
  'wrong key': async () => {
    const error = await fails(make({ apiKey: 'xai-wrong-key' }).invoke('Hello'));
    must(statusOf(error) === 400 && /Incorrect API key provided/.test(error.message), error.message);
  },
  "429, then success by the client's own retry": async () => within({ 'x-emulator-fault': `rate-limited; retry-after=0; times=1; id=langchain-${process.pid}` }, async () => {
    must((await make({ maxRetries: 2 }).invoke('What is 2 + 2?')).content === '2 + 2 equals 4.', 'wrong text');
  }),
  ...faultChecks(ask, statusOf),
  'fault: stall': () => abort(),
  'fault: pings': () => abort('pings; after=4; every=100'),
});
process.exit(0);
