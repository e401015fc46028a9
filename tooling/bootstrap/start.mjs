// `npm start`: makes the workspace ready and runs the server. Plain JavaScript without dependencies, for any Node from 18 on.
import { join } from 'node:path';
import { runOrExplain } from './failure.mjs';
import { prepare } from './prepare.mjs';
import { runServer } from './run-server.mjs';
import { workspaceRoot } from './workspace.mjs';

await runOrExplain(async () => {
  const { node, env } = await prepare();
  const main = join(workspaceRoot, 'apps', 'standalone', 'dist', 'main.js');
  return runServer(node, [main, ...process.argv.slice(2)], env);
});
