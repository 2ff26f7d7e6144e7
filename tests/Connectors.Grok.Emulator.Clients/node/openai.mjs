import OpenAI from 'openai';
import { faultChecks, must, run } from './faults.mjs';

const [baseURL, apiKey] = process.argv.slice(2);
const make = (headers = {}, options = {}) => new OpenAI({ apiKey, baseURL, maxRetries: 0, defaultHeaders: headers, ...options });
const client = make();
const model = 'grok-4.6';
const create = (body, options) => client.responses.create({ model, ...body }, options);
const weather = { type: 'function', name: 'get_weather', strict: false, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };
const schema = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name', 'age'], additionalProperties: false };
const fails = async promise => promise.then(() => { throw new Error('no error is raised'); }, error => error);

async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

async function ask(fault) {
  const events = await collect(await make({ 'x-emulator-fault': fault }).responses.create({ model, input: 'What is 2 + 2?', stream: true }));
  // This client returns an error event like any other event.
  const error = events.find(event => event.type === 'error');
  if (error) throw new Error(error.message);
  const failed = events.find(event => event.type === 'response.failed');
  if (failed) throw new Error(failed.response.error.message);
  return events.filter(event => event.type === 'response.output_text.delta').map(event => event.delta).join('');
}

await run('openai', {
  'create': async () => must((await create({ input: 'What is 2 + 2?' })).output_text === '2 + 2 equals 4.', 'wrong text'),
  'chain': async () => {
    const first = await create({ input: 'My name is Alice.' });
    const second = await create({ input: "What's my name?", previous_response_id: first.id });
    must(/Alice/.test(second.output_text) && second.previous_response_id === first.id, second.output_text);
  },
  'fork': async () => {
    const root = await create({ input: 'My name is Alice.' });
    const forks = await Promise.all(['red', 'blue'].map(async colour => {
      const fork = await create({ input: `My favourite colour is ${colour}.`, previous_response_id: root.id });
      return (await create({ input: 'What is my favourite colour?', previous_response_id: fork.id })).output_text;
    }));
    must(/red/.test(forks[0]) && /blue/.test(forks[1]), forks.join(' | '));
  },
  'stream with gap-free sequence numbers': async () => {
    const events = await collect(await create({ input: 'Count to 20', stream: true }));
    must(events.every((event, index) => event.sequence_number === index), 'a gap');
    must(events.at(-1).type === 'response.completed', events.at(-1).type);
  },
  'reasoning': async () => {
    const events = await collect(await create({ input: 'Hello', reasoning: { effort: 'high' }, stream: true }));
    must(events.some(event => event.type === 'response.reasoning_summary_text.delta'), 'no reasoning');
    must(events.at(-1).response.output[0].summary[0].text.length > 0, 'no summary');
  },
  'encrypted replay': async () => {
    const question = { role: 'user', content: 'My name is Alice.' };
    const first = await create({ input: [question], store: false, include: ['reasoning.encrypted_content'] });
    must(first.output[0].encrypted_content, 'no blob');
    const replay = { input: [question, ...first.output, { role: 'user', content: "What's my name?" }], store: false, include: ['reasoning.encrypted_content'] };
    must(/Alice/.test((await create(replay)).output_text), 'forgotten');
    replay.input[1] = { ...replay.input[1], encrypted_content: replay.input[1].encrypted_content.replace(/^./, letter => letter === 'A' ? 'B' : 'A') };
    must(/Could not decrypt/.test((await fails(create(replay))).message), 'a tampered blob passed');
  },
  'function call': async () => {
    const first = await create({ input: 'What is the weather in Oslo?', tools: [weather] });
    const call = first.output.find(item => item.type === 'function_call');
    must(JSON.parse(call.arguments).city === 'Oslo', call.arguments);
    const output = { type: 'function_call_output', call_id: call.call_id, output: 'rain' };
    must(/rain/.test((await create({ input: [output], tools: [weather], previous_response_id: first.id })).output_text), 'the result is ignored');
  },
  'streamed function call': async () => {
    const stream = client.responses.stream({ model, input: 'What is the weather in Oslo?', tools: [weather] });
    let deltas = '';
    stream.on('response.function_call_arguments.delta', event => { deltas += event.delta; });
    const final = await stream.finalResponse();
    must(deltas === '{"city":"Oslo"}' && final.output.at(-1).arguments === deltas, deltas);
  },
  'structured output': async () => {
    const format = { type: 'json_schema', name: 'person', strict: true, schema };
    const parsed = await client.responses.parse({ model, input: 'My name is Alice and I am 30.', text: { format } });
    must(Number.isInteger(JSON.parse(parsed.output_text).age), parsed.output_text);
  },
  'citations': async () => {
    const response = await create({ input: 'Search the news', tools: [{ type: 'web_search' }], include: ['web_search_call.action.sources'] });
    const part = response.output.find(item => item.type === 'message').content[0];
    must(part.annotations.length === 2 && part.annotations.every(cited => part.text.slice(cited.start_index, cited.end_index).includes(cited.url)), 'spans');
    must(response.output.find(item => item.type === 'web_search_call').action.sources.length === 2, 'sources');
  },
  'retrieve': async () => {
    const first = await create({ input: 'Hello' });
    must((await client.responses.retrieve(first.id)).output_text === first.output_text, 'another text');
    must((await collect(client.responses.inputItems.list(first.id))).length === 1, 'input items');
  },
  'delete': async () => { await client.responses.delete((await create({ input: 'Hello' })).id); },
  'deleted, then 404 with its error text': async () => {
    const { id } = await create({ input: 'Hello' });
    await client.responses.delete(id);
    // One after the other, because a rejected promise that is not awaited yet would end the process.
    for (const gone of [() => client.responses.retrieve(id), () => client.responses.delete(id), () => create({ input: 'Hello', previous_response_id: id })]) {
      const error = await fails(gone());
      must(error.status === 404 && error.message.includes(`Response with id=${id} not found`), error.message);
    }
  },
  'abort': async () => {
    const stream = await make({ 'x-emulator-fault': 'stall; after=4' }).responses.create({ model, input: 'Hello', stream: true });
    let seen = 0;
    for await (const _ of stream) if (++seen === 4) stream.controller.abort();
    must(seen === 4, `${seen} events`);
  },
  'wrong key': async () => {
    const error = await fails(make({}, { apiKey: 'xai-wrong-key' }).responses.create({ model, input: 'Hello' }));
    must(error.status === 400 && /Incorrect API key provided/.test(error.message), `${error.status} ${error.message}`);
  },
  "429, then success by the client's own retry": async () => {
    const patient = make({ 'x-emulator-fault': `rate-limited; retry-after=0; times=1; id=openai-${process.pid}` }, { maxRetries: 2 });
    must((await patient.responses.create({ model, input: 'What is 2 + 2?' })).output_text === '2 + 2 equals 4.', 'wrong text');
  },
  ...faultChecks(ask, error => error.status),
  'fault: stall': async () => {
    const stream = await make({ 'x-emulator-fault': 'stall; after=4' }).responses.create({ model, input: 'Hello', stream: true });
    setTimeout(() => stream.controller.abort(), 2000);
    must((await collect(stream)).length === 4, 'not four events');
  },
  'fault: pings': async () => {
    const stream = await make({ 'x-emulator-fault': 'pings; after=4; every=100' }).responses.create({ model, input: 'Hello', stream: true });
    setTimeout(() => stream.controller.abort(), 1000);
    must((await collect(stream)).length >= 4, 'not four events');
  },
});
