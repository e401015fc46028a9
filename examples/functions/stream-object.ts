// An object that is shown while the model writes it, by an agent that may call tools before.
// Run it with `OPENAI_API_KEY=... node examples/functions/stream-object.ts`.
import { Agent, type ChatModel, getProvider, tool } from 'troupe';
import { z } from 'zod';

const trip = z.object({
  title: z.string(),
  stops: z.array(z.object({ place: z.string(), why: z.string() })).min(2),
});

const getWeather = tool({
  name: 'get_weather',
  description: 'Tells the weather of a city tomorrow.',
  parameters: z.object({ city: z.string() }),
  effect: 'read',
  execute: ({ city }) => `Sunny in ${city}, 22 °C`,
});

export async function planTrip(model: ChatModel, show: (stops: number) => void): Promise<z.output<typeof trip>> {
  const agent = new Agent({ role: 'You plan day trips.', model, tools: [getWeather] });
  const stream = agent.streamObject('A day in Bern, please.', { schema: trip });
  for (;;) {
    const next = await stream.next();
    if (next.done) return next.value; // the whole, validated
    show(next.value.stops?.length ?? 0); // what is there so far: anything may be missing
  }
}

if (import.meta.main) {
  const model = getProvider('openai', { apiKey: process.env.OPENAI_API_KEY, model: 'gpt-4.1-mini' });
  console.log(await planTrip(model, (stops) => console.log(`${stops} stops so far`)));
}
