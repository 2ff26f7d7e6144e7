import { createXai } from '@ai-sdk/xai';
import { generateText, Output, stepCountIs, streamText, tool } from 'ai';
import * as z from 'zod';
import { faultChecks, must, run } from './faults.mjs';

const [baseURL, apiKey] = process.argv.slice(2);
const make = (headers = {}, key = apiKey) => createXai({ apiKey: key, baseURL, headers }).responses('grok-4.6');
const model = make();
const quiet = { maxRetries: 0 };
const say = (prompt, options) => generateText({ model, prompt, ...quiet, ...options });
const after = id => ({ providerOptions: { xai: { previousResponseId: id } } });
const weather = { get_weather: tool({ inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `rain in ${city}` }) };
const fails = async promise => promise.then(() => { throw new Error('no error is raised'); }, error => error);

async function parts(options) {
  const all = [];
  for await (const part of streamText({ model, onError() { }, ...quiet, ...options }).fullStream) all.push(part);
  const error = all.find(part => part.type === 'error');
  if (error) throw error.error instanceof Error ? error.error : Object.assign(new Error(error.error?.message ?? JSON.stringify(error.error)), error.error);
  return all;
}

const text = all => all.filter(part => part.type === 'text-delta').map(part => part.text).join('');

// Reads a stream without an end until the client ends it after the abort.
async function aborted(fault) {
  const all = [];
  const { fullStream } = streamText({ model: make({ 'x-emulator-fault': fault }), prompt: 'Hello', abortSignal: AbortSignal.timeout(2000), onError() { }, ...quiet });
  for await (const part of fullStream) all.push(part.type);
  must(all.includes('abort') || all.includes('error'), all.join());
}

async function ask(fault) {
  const all = await parts({ model: make({ 'x-emulator-fault': fault }), prompt: 'What is 2 + 2?' });
  if (all.some(part => part.type === 'finish' && part.finishReason === 'error')) throw new Error('finish reason error');
  return text(all);
}

const unsupported = () => { throw new Error('not supported by the client'); };

await run('@ai-sdk/xai', {
  'create': async () => must((await say('What is 2 + 2?')).text === '2 + 2 equals 4.', 'wrong text'),
  'chain': async () => {
    const first = await say('My name is Alice.');
    must(/Alice/.test((await say("What's my name?", after(first.response.id))).text), 'forgotten');
  },
  'fork': async () => {
    const root = await say('My name is Alice.');
    const forks = await Promise.all(['red', 'blue'].map(async colour => {
      const fork = await say(`My favourite colour is ${colour}.`, after(root.response.id));
      return (await say('What is my favourite colour?', after(fork.response.id))).text;
    }));
    must(/red/.test(forks[0]) && /blue/.test(forks[1]), forks.join(' | '));
  },
  'stream with gap-free sequence numbers': async () => {
    const raw = (await parts({ prompt: 'Count to 20', includeRawChunks: true })).filter(part => part.type === 'raw').map(part => part.rawValue);
    must(raw.length > 20 && raw.every((event, index) => event.sequence_number === index), 'a gap');
  },
  'reasoning': async () => {
    const all = await parts({ prompt: 'Hello', providerOptions: { xai: { reasoningEffort: 'high' } } });
    must(all.some(part => part.type === 'reasoning-delta') && all.some(part => part.type === 'reasoning-end'), 'no reasoning');
  },
  'encrypted replay': async () => {
    const options = { providerOptions: { xai: { store: false } } };
    const messages = [{ role: 'user', content: 'My name is Alice.' }];
    const first = await generateText({ model, messages, ...quiet, ...options });
    messages.push(...first.response.messages, { role: 'user', content: "What's my name?" });
    must(JSON.stringify(messages).includes('reasoningEncryptedContent'), 'no blob');
    must(/Alice/.test((await generateText({ model, messages, ...quiet, ...options })).text), 'forgotten');
  },
  'function call': async () => {
    const result = await say('What is the weather in Oslo?', { tools: weather, stopWhen: stepCountIs(3) });
    must(/rain in Oslo/.test(result.text), result.text);
  },
  'streamed function call': async () => {
    const all = await parts({ prompt: 'What is the weather in Oslo?', tools: weather, stopWhen: stepCountIs(3) });
    must(all.some(part => part.type === 'tool-call' && part.input.city === 'Oslo') && /rain in Oslo/.test(text(all)), 'no call');
  },
  'structured output': async () => {
    const result = await say('My name is Alice and I am 30.', { output: Output.object({ schema: z.object({ name: z.string(), age: z.int() }) }) });
    must(Number.isInteger(result.output.age), JSON.stringify(result.output));
  },
  'citations': async () => {
    const xai = createXai({ apiKey, baseURL });
    must((await say('Search the news', { tools: { web_search: xai.tools.webSearch() } })).sources.length >= 2, 'sources');
  },
  'retrieve': unsupported,
  'delete': unsupported,
  'deleted, then 404 with its error text': async () => {
    const { response } = await say('Hello');
    await fetch(`${baseURL}/responses/${response.id}`, { method: 'DELETE', headers: { authorization: `Bearer ${apiKey}` } });
    const error = await fails(say('Hello', after(response.id)));
    must(error.statusCode === 404 && error.message.includes(`Response with id=${response.id} not found`), error.message);
  },
  'abort': async () => {
    const stop = new AbortController();
    const { fullStream } = streamText({ model: make({ 'x-emulator-fault': 'stall; after=4' }), prompt: 'Hello', abortSignal: stop.signal, onError() { }, ...quiet });
    let aborted = false;
    for await (const part of fullStream) {
      if (part.type === 'reasoning-start') stop.abort();
      aborted ||= part.type === 'abort';
    }
    must(aborted, 'not aborted');
  },
  'wrong key': async () => {
    const error = await fails(say('Hello', { model: make({}, 'xai-wrong-key') }));
    must(error.statusCode === 400 && /Incorrect API key provided/.test(error.message), error.message);
  },
  "429, then success by the client's own retry": async () => {
    const patient = make({ 'x-emulator-fault': `rate-limited; retry-after=0; times=1; id=xai-${process.pid}` });
    must((await generateText({ model: patient, prompt: 'What is 2 + 2?', maxRetries: 2 })).text === '2 + 2 equals 4.', 'wrong text');
  },
  ...faultChecks(ask, error => error.statusCode),
  'fault: stall': () => aborted('stall; after=4'),
  'fault: pings': () => aborted('pings; after=4; every=100'),
});
