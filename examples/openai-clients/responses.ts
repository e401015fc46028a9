// Troupe with OpenAI's Responses: `BASE_URL=http://127.0.0.1:3000/v1 API_KEY=… node examples/openai-clients/responses.ts`.
// AGENT and MODEL choose who answers.
import OpenAI from 'openai';

const { BASE_URL: baseURL = 'http://127.0.0.1:3000/v1', API_KEY: apiKey, AGENT = 'agent/assistant' } = process.env;
const client = new OpenAI({ baseURL, apiKey });

// An agent answers on a thread; a later response goes on from an earlier one.
const first = await client.responses.create({
  model: AGENT,
  input: 'My name is Mira. What is 6 times 7?',
  user: 'mira',
});
console.log('agent:', first.output_text);

const stream = await client.responses.create({
  model: AGENT,
  input: 'And what is my name?',
  previous_response_id: first.id,
  stream: true,
});
process.stdout.write('agent, streamed: ');
for await (const event of stream) if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);
process.stdout.write('\n');

// An agent works on while nobody waits.
let response = await client.responses.create({ model: AGENT, input: 'Take your time.', background: true });
while (response.status === 'queued' || response.status === 'in_progress') {
  await new Promise((resolve) => setTimeout(resolve, 200));
  response = await client.responses.retrieve(response.id);
}
console.log('in the background:', response.output_text);

// A model as it is, with a tool that runs here.
const { MODEL } = process.env;
if (MODEL) {
  const tools = [
    {
      type: 'function' as const,
      name: 'get_weather',
      description: 'The weather in a city now.',
      strict: true,
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  ];
  const asked = await client.responses.create({ model: MODEL, input: 'What is the weather in Rome?', tools });
  const results = asked.output.flatMap((item) => {
    if (item.type !== 'function_call') return [];
    const { city } = JSON.parse(item.arguments) as { city: string };
    return [{ type: 'function_call_output' as const, call_id: item.call_id, output: `Sunny in ${city}, 24 °C.` }];
  });
  const told = await client.responses.create({ model: MODEL, input: results, tools, previous_response_id: asked.id });
  console.log('model:', told.output_text);
}
