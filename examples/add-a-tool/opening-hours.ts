// A tool of your own: a server that Troupe posts calls to. docs/guides/add-a-tool.md tells the rest.
// Run it with `npm run node -- examples/add-a-tool/opening-hours.ts`.
import { createServer } from 'node:http';

const hours: Record<string, string> = { pool: '7:00 to 21:00', library: '10:00 to 18:00, closed on Mondays' };

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const call = JSON.parse(body) as { tool: string; arguments: { place: string }; user_id: string | null };
  const answer = hours[call.arguments.place.toLowerCase()];
  console.log(call.tool, call.arguments, `for ${call.user_id}`);
  // The model reads what stands here, errors too: say what it can do next.
  response.statusCode = answer ? 200 : 404;
  response.end(answer ?? `There is no such place. There are: ${Object.keys(hours).join(', ')}.`);
});

server.listen(Number(process.env.PORT ?? 4100), '127.0.0.1', () => console.log('ready'));
