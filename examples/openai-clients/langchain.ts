// Troupe with LangChain: `BASE_URL=http://127.0.0.1:3000/v1 API_KEY=… node examples/openai-clients/langchain.ts`.
// AGENT, MODEL and EMBEDDING_MODEL choose who answers.
import { HumanMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { z } from 'zod';

const { BASE_URL: baseURL = 'http://127.0.0.1:3000/v1', API_KEY: apiKey, AGENT = 'agent/assistant' } = process.env;

// A name of your own for the thread that the server keeps.
const defaultHeaders = { 'X-Troupe-Thread': `example-${Date.now()}` };
const agent = new ChatOpenAI({ model: AGENT, apiKey, configuration: { baseURL, defaultHeaders } });
process.stdout.write('agent: ');
for await (const chunk of await agent.stream('What is 6 times 7?')) process.stdout.write(chunk.text);
process.stdout.write('\n');

const { MODEL, EMBEDDING_MODEL } = process.env;
if (MODEL) {
  const model = new ChatOpenAI({ model: MODEL, apiKey, configuration: { baseURL } });
  const getWeather = tool(({ city }) => `Sunny in ${city}, 24 °C.`, {
    name: 'get_weather',
    description: 'The weather in a city now.',
    schema: z.object({ city: z.string() }),
  });
  const asked = new HumanMessage('What is the weather in Rome?');
  const called = await model.bindTools([getWeather]).invoke([asked]);
  const results = await Promise.all(
    (called.tool_calls ?? []).map((call) => getWeather.invoke({ ...call, type: 'tool_call' })),
  );
  const answered = await model.bindTools([getWeather]).invoke([asked, called, ...results]);
  console.log('model:', answered.text);

  const character = z.object({ name: z.string(), age: z.int() });
  const invent = model.withStructuredOutput(character, { name: 'character', method: 'jsonSchema' });
  console.log('object:', await invent.invoke('Invent a character for a story.'));
}

if (EMBEDDING_MODEL) {
  const embeddings = new OpenAIEmbeddings({ model: EMBEDDING_MODEL, apiKey, configuration: { baseURL } });
  const vectors = await embeddings.embedDocuments(['a lighthouse', 'a harbour']);
  console.log('vectors:', vectors.map(({ length }) => length).join(', '));
}
