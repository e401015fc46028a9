// The provider's process: the LLM simulator with the load's answers. Takes faults over IPC and writes down every request.

import { startLlmSimulator } from '../../../packages/testing/dist/index.js';
import { importTypeScript } from '../../jest/import-typescript.mjs';

const { ProviderOracle } = await importTypeScript(new URL('./provider-oracle.ts', import.meta.url));
const oracle = await ProviderOracle.start({
  start: startLlmSimulator,
  log: process.argv[2],
  onHit: (fault, caseId) => process.send({ type: 'hit', fault, case: caseId }),
});

process.on('message', (message) => {
  if (message.type === 'order') oracle.order(message);
  if (message.type === 'cancel') oracle.cancel(message.number);
  if (message.type === 'write') {
    oracle.write();
    process.send({ type: 'written' });
  }
});
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready', url: oracle.url });
