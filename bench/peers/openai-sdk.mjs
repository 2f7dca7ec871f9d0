// What a script of a few lines with the openai package costs: node openai-sdk.mjs BASE_URL MODEL
import OpenAI from 'openai';

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'bench' });
const stream = await client.chat.completions.create({
  model,
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'hi' }],
});
for await (const event of stream) process.stdout.write(event.choices[0]?.delta?.content ?? '');
process.stdout.write('\n');
