// The load client's process: takes jobs over IPC, one at a time, and answers what it measured.
import { importTypeScript } from '../../jest/import-typescript.mjs';

const { runLoad } = await importTypeScript(new URL('./run-load.ts', import.meta.url));

process.on('message', async (job) => {
  const cpu = process.cpuUsage();
  const result = await runLoad(job);
  const { user, system } = process.cpuUsage(cpu);
  process.send({ type: 'result', result: { ...result, clientCpuMs: (user + system) / 1000 } });
});
process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready' });
