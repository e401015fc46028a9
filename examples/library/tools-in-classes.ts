import { Agent, type RunContext, Tool, type ToolOptions, ToolRegistry, toolsOf } from 'troupe';
import { z } from 'zod';

const place = z.object({ city: z.string().describe('Name of the city') });

/** Methods as tools. */
class Weather {
  constructor(private readonly unit: '°C' | '°F') {}

  @Tool({ description: 'Tells the weather of a city now.', parameters: place, effect: 'read' })
  getWeather({ city }: z.output<typeof place>): string {
    return `Sunny in ${city}, 22 ${this.unit}`;
  }

  @Tool({ name: 'get_sunset', description: 'Tells when the sun sets in a city.', parameters: place, effect: 'read' })
  async sunset({ city }: z.output<typeof place>, { services }: RunContext): Promise<string> {
    return `On ${services.now().toISOString().slice(0, 10)} at 20:41 in ${city}`;
  }
}

/** A class that is a tool. */
class CountWords implements ToolOptions<typeof CountWords.text> {
  static readonly text = z.object({ text: z.string() });
  readonly name = 'count_words';
  readonly description = 'Counts the words of a text.';
  readonly parameters = CountWords.text;
  readonly effect = 'read';

  execute({ text }: z.output<typeof CountWords.text>): number {
    return text.split(/\s+/).filter(Boolean).length;
  }
}

const registry = new ToolRegistry(toolsOf(new Weather('°C')));
registry.register(new CountWords());

const agent = new Agent({
  role: 'You help with questions about the weather.',
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  registry,
  tools: ['get_weather', 'get_sunset', 'count_words'],
});

console.log(registry.names);
console.log(await agent.chat('How is the weather in London?'));
