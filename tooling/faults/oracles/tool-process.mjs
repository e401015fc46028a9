// The tool server's process. Takes faults over IPC and writes down every send.
import { importTypeScript } from '../../jest/import-typescript.mjs';

const { ToolOracle } = await importTypeScript(new URL('./tool-oracle.ts', import.meta.url));
const oracle = await ToolOracle.start({
  log: process.argv[2],
  onHit: (fault) => process.send({ type: 'hit', fault }),
});

process.on('message', (message) => {
  if (message.type === 'order') oracle.order(message);
  if (message.type === 'cancel') oracle.cancel(message.number);
});
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready', url: oracle.url });
