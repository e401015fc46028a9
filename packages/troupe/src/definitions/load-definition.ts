import type { AgentDefinition } from '@troupe/contracts';

/**
 * A definition from a file of YAML (or JSON, which is YAML too): the fields of `AgentDefinition`, and no others.
 * @param path of the file; relative ones begin at the working directory
 * @throws TroupeError `invalid_request` that names the file and each field that is wrong, misspelled ones with near matches.
 */
export async function loadDefinition(path: string | URL): Promise<AgentDefinition> {
  const [{ definitionSchema }, { readYamlFile }] = await Promise.all([
    import('./definition-schema.js'),
    import('./read-yaml-file.js'),
  ]);
  return readYamlFile(path, definitionSchema, 'definition of an agent');
}
