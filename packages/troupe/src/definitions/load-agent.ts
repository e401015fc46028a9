import type { NewAgentConfiguration } from '@troupe/spec';

/**
 * A whole agent from a file of YAML (or JSON, which is YAML too), in the words of the HTTP API: a `configuration` for `Agent`,
 * an agent for `AgentRunner` and for stores. Whether the tools, models and agents that it names are there, is said by these.
 * @param path of the file; relative ones begin at the working directory
 * @throws TroupeError `invalid_request` that names the file and each field that is wrong, misspelled ones with near matches.
 */
export async function loadAgent(path: string | URL): Promise<NewAgentConfiguration> {
  const [{ agentSchema }, { readYamlFile }] = await Promise.all([
    import('./agent-schema.js'),
    import('./read-yaml-file.js'),
  ]);
  return readYamlFile(path, agentSchema, 'agent');
}
