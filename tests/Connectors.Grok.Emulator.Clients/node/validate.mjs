// Validates the replies of the emulator against the schema with ajv. Prints each problem on a line, then the number of documents.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';

const [dump] = process.argv.slice(2);
const schema = JSON.parse(readFileSync('xai-responses.schema.json', 'utf8'));
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: false });
ajv.addSchema(schema, 'xai');
const isResponse = ajv.getSchema('xai#/$defs/finished');
const isEvent = ajv.getSchema('xai#/$defs/event');
const isAnswer = response => isResponse(response) || problem(isResponse);
const problem = validate => `${validate.errors.at(-1).instancePath} ${validate.errors.at(-1).message} ${JSON.stringify(validate.errors.at(-1).params)}`;

const events = sse => sse.split('\n\n').filter(Boolean).map(frame => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)));
const replies = readFileSync(dump, 'utf8').trim().split('\n').map(line => JSON.parse(line));
const shapes = JSON.parse(readFileSync('sdk-shapes.json', 'utf8'));
const kindOf = value => value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

// What xAI's own client reads: an event, an item and a response must have its members with their types.
function lacks(value, shape) {
  const wrong = Object.entries(shape ?? {}).find(([member, kind]) => kindOf(value[member]) !== kind);
  return wrong && `${value.type} has ${wrong[0]}: ${kindOf(value[wrong[0]])} instead of ${wrong[1]}`;
}

const isLegacy = item => item.type === 'web_search_call' && 'name' in item;
const lacksItem = item => isLegacy(item) ? undefined : lacks(item, shapes.items[item.type]);
const lacksResponse = response => lacks(response, { id: 'string', status: 'string', output: 'array' }) ?? response.output.map(lacksItem).find(Boolean);
const lacksEvent = event => lacks(event, shapes.events[event.type])
  ?? (event.item && lacksItem(event.item)) ?? (event.response && lacksResponse(event.response));
const types = new Set();
let wrong = 0, counted = 0;
const report = (name, what) => { wrong++; console.log(`${name}: ${what}`); };

for (const { name, response, stream } of replies) {
  const answer = isAnswer(JSON.parse(response));
  if (answer !== true) report(`${name}, response`, answer);
  const missing = lacksResponse(JSON.parse(response));
  if (missing) report(`${name}, response`, missing);
  const all = events(stream);
  all.forEach((event, index) => {
    types.add(event.type);
    if (!isEvent(event)) report(`${name}, event ${index} ${event.type}`, problem(isEvent));
    if (lacksEvent(event)) report(`${name}, event ${index}`, lacksEvent(event));
    if (event.sequence_number !== index) report(name, `event ${index} has the number ${event.sequence_number}`);
  });
  if (!/^(response\.(completed|incomplete|failed)|error)$/.test(all.at(-1).type)) report(name, `ends with ${all.at(-1).type}`);
  counted += 1 + all.length;
}

// Checks the schema itself: it must reject a response without one of its members, and one with an unknown member.
const sample = JSON.parse(replies[0].response);
for (const key of Object.keys(sample)) {
  const { [key]: _, ...rest } = sample;
  if (isResponse(rest)) report('the schema', `accepts a response without ${key}`);
}
if (isResponse({ ...sample, surprise: 1 }) || isEvent({ type: 'response.unheard_of', sequence_number: 0 })) report('the schema', 'accepts unknown members or events');
console.log(`${replies.length} responses and ${replies.length} streams, ${counted} documents of ${types.size} event types: ${wrong} wrong`);
process.exit(wrong === 0 ? 0 : 1);
