// Reads the replies of the emulator with the strict reader of @ai-sdk/xai, whose schemas reject unknown items and events.
import { readFileSync } from 'node:fs';
import { createXai } from '@ai-sdk/xai';

const [dump] = process.argv.slice(2);
const replies = readFileSync(dump, 'utf8').trim().split('\n').map(line => JSON.parse(line));
const prompt = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }];
const reader = (body, type) => createXai({ apiKey: 'x', fetch: async () => new Response(body, { headers: { 'content-type': type } }) }).responses('grok-4.6');
let wrong = 0, read = 0, skipped = 0;

for (const { name, response, stream, text, skip } of replies) {
  if (skip) { skipped++; continue; }
  try {
    const { content } = await reader(response, 'application/json').doGenerate({ prompt });
    const whole = content.filter(part => part.type === 'text').map(part => part.text).join('');
    if (whole !== text) throw new Error(`read "${whole}" instead of "${text}"`);
    let streamed = '';
    for await (const part of (await reader(stream, 'text/event-stream').doStream({ prompt })).stream) {
      if (part.type === 'error' && !['error', 'response.failed'].includes(part.error?.type)) throw new Error(String(part.error?.message ?? JSON.stringify(part.error)));
      if (part.type === 'text-delta') streamed += part.delta;
    }
    if (streamed !== text) throw new Error(`streamed "${streamed}" instead of "${text}"`);
    read++;
  } catch (error) {
    wrong++;
    console.log(`${name}: ${String(error.message).slice(0, 300)}`);
  }
}
console.log(`${read} of ${replies.length} replies read, ${skipped} skipped because the reader does not support their items, ${wrong} wrong`);
process.exit(wrong === 0 && read >= 200 ? 0 : 1);
