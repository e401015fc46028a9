// Troupe with the OpenAI SDK: `BASE_URL=http://127.0.0.1:3000/v1 API_KEY=… node examples/openai-clients/openai.ts`.
// AGENT, MODEL and EMBEDDING_MODEL choose who answers.
import OpenAI from 'openai';

const { BASE_URL: baseURL = 'http://127.0.0.1:3000/v1', API_KEY: apiKey, AGENT = 'agent/assistant' } = process.env;
const client = new OpenAI({ baseURL, apiKey });

// Agents are models of the name agent/<slug>, the models of the providers are there as provider/model.
const models = await client.models.list();
console.log('models:', models.data.map(({ id }) => id).join(', '));

// An agent answers on a thread that the server keeps: a name of your own for it, and only what is new.
const thread = { headers: { 'X-Troupe-Thread': `example-${Date.now()}` } };
const first = await client.chat.completions.create(
  { model: AGENT, messages: [{ role: 'user', content: 'My name is Mira. What is 6 times 7?' }], user: 'mira' },
  thread,
);
console.log('agent:', first.choices[0]?.message.content);

const stream = await client.chat.completions.create(
  { model: AGENT, messages: [{ role: 'user', content: 'And what is my name?' }], stream: true, user: 'mira' },
  thread,
);
process.stdout.write('agent, streamed: ');
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
process.stdout.write('\n');

// A model as it is, with a tool that runs here.
const { MODEL, EMBEDDING_MODEL } = process.env;
if (MODEL) {
  const runner = client.chat.completions.runTools({
    model: MODEL,
    messages: [{ role: 'user', content: 'What is the weather in Rome?' }],
    tools: [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          description: 'The weather in a city now.',
          parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          parse: JSON.parse,
          function: ({ city }: { city: string }) => `Sunny in ${city}, 24 °C.`,
        },
      },
    ],
  });
  console.log('model:', await runner.finalContent());
}

if (EMBEDDING_MODEL) {
  const { data } = await client.embeddings.create({ model: EMBEDDING_MODEL, input: ['a lighthouse', 'a harbour'] });
  console.log('vectors:', data.map(({ embedding }) => embedding.length).join(', '));
}
