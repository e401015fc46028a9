import type { ModelCatalog } from '@troupe/spec';

export interface ReadyFacts {
  url: string;
  /** What the server listens on, as it was set. */
  host: string;
  /** Absolute path of the file that holds the key; absent when the key came from the environment. */
  keyFile?: string | undefined;
  models: ModelCatalog;
  /** What runs, one line each. */
  processes: string[];
}

/** What a person needs to go on, printed once everything answers. The curl line works as it is. */
export function readyBlock({ url, host, keyFile, models, processes }: ReadyFacts): string {
  const model = models.defaultModel.startsWith('demo/')
    ? `${models.defaultModel} (answers without a key; set OPENAI_API_KEY or another provider's for a real one)`
    : models.defaultModel;
  // Read by the shell, so that the key itself stands in no terminal's history.
  const key = keyFile ? `$(cat '${keyFile}')` : '$TROUPE_API_KEY';
  return `
  Troupe is ready

    Console and API   ${url}/
    API reference     ${url}/docs
    Key               ${keyFile ?? 'the one in TROUPE_API_KEY'}
    Model             ${model}
${isLoopback(host) ? '' : REACHABLE}${processes.map((line) => `    Process           ${line}\n`).join('')}
    Try it:

    curl -N ${url}/api/llm/interact -H "Authorization: Bearer ${key}" \\
      -H "Content-Type: application/json" -d '{"message": "Hello! My name is Ada.", "stream": true}'

    Stop with Ctrl-C.
`;
}

const REACHABLE = `    Reachable         from other machines too, without encryption: put a proxy with TLS in front (docs/operations.md)
`;

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
