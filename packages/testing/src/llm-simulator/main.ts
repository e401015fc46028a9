import { parseArgs } from 'node:util';
import { startLlmSimulator } from './start-llm-simulator.js';

const usage =
  'Usage: main.js [--port 4010] [--host 127.0.0.1] [--delay-ms 0] [--token-delay-ms 0] [--tokens N] [--api-key KEY] ' +
  '[--rpm N] [--tpm N]';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    host: { type: 'string', default: '127.0.0.1' },
    'delay-ms': { type: 'string' },
    'token-delay-ms': { type: 'string' },
    tokens: { type: 'string' },
    'api-key': { type: 'string' },
    rpm: { type: 'string' },
    tpm: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(usage);
} else {
  const simulator = await startLlmSimulator({
    port: numberOption('port', values.port),
    host: values.host,
    ...(values['api-key'] !== undefined && { apiKey: values['api-key'] }),
    limits: {
      ...(values.rpm !== undefined && { rpm: numberOption('rpm', values.rpm) }),
      ...(values.tpm !== undefined && { tpm: numberOption('tpm', values.tpm) }),
    },
    defaults: {
      ...(values['delay-ms'] !== undefined && { delayMs: numberOption('delay-ms', values['delay-ms']) }),
      ...(values['token-delay-ms'] !== undefined && {
        tokenDelayMs: numberOption('token-delay-ms', values['token-delay-ms']),
      }),
      ...(values.tokens !== undefined && { tokens: numberOption('tokens', values.tokens) }),
    },
  });
  console.log(`LLM simulator on ${simulator.url}`);
  for (const [provider, baseUrl] of Object.entries(simulator.baseUrls)) {
    console.log(`${provider.toUpperCase()}_BASE_URL=${baseUrl}`);
  }
  console.log(`control: ${simulator.url}/__simulator/stats`);

  let closing = false;
  const stop = () => {
    if (closing) return;
    closing = true;
    void simulator.close().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function numberOption(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`--${name} must be a number that is not negative, got '${text}'.\n${usage}`);
  process.exit(2);
}
