// Troupe with the AI SDK: `BASE_URL=http://127.0.0.1:3000/v1 API_KEY=… node examples/openai-clients/ai-sdk.ts`.
// AGENT, MODEL and EMBEDDING_MODEL choose who answers.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany, generateText, isStepCount, Output, streamText, tool } from 'ai';
import { z } from 'zod';

const { BASE_URL: baseURL = 'http://127.0.0.1:3000/v1', API_KEY: apiKey, AGENT = 'agent/assistant' } = process.env;

const troupe = createOpenAICompatible({
  name: 'troupe',
  baseURL,
  apiKey,
  includeUsage: true,
  supportsStructuredOutputs: true,
  // A name of your own for the thread that the server keeps.
  headers: { 'X-Troupe-Thread': `example-${Date.now()}` },
});

const { textStream, usage } = streamText({ model: troupe(AGENT), prompt: 'What is 6 times 7?' });
process.stdout.write('agent: ');
for await (const delta of textStream) process.stdout.write(delta);
console.log(`\ntokens: ${(await usage).totalTokens}`);

const { MODEL, EMBEDDING_MODEL } = process.env;
if (MODEL) {
  const { text } = await generateText({
    model: troupe(MODEL),
    prompt: 'What is the weather in Rome?',
    tools: {
      get_weather: tool({
        description: 'The weather in a city now.',
        inputSchema: z.object({ city: z.string() }),
        execute: async ({ city }) => `Sunny in ${city}, 24 °C.`,
      }),
    },
    stopWhen: isStepCount(3),
  });
  console.log('model:', text);

  const { output } = await generateText({
    model: troupe(MODEL),
    prompt: 'Invent a character for a story.',
    output: Output.object({ schema: z.object({ name: z.string(), age: z.int() }) }),
  });
  console.log('object:', output);
}

if (EMBEDDING_MODEL) {
  const { embeddings } = await embedMany({
    model: troupe.embeddingModel(EMBEDDING_MODEL),
    values: ['a lighthouse', 'a harbour'],
  });
  console.log('vectors:', embeddings.map(({ length }) => length).join(', '));
}
