import type { Tool } from '@troupe/spec';
import { tools } from './catalog.js';
import { readToolsFile } from './http-tool/read-tools-file.js';

/**
 * Every tool that agents may name: those that ship, and those that an operator's file declares.
 * @throws Error when the file is not valid or one of its names is taken.
 */
export function createToolCatalog({ toolsFile }: { toolsFile?: string | undefined }): ReadonlyMap<string, Tool> {
  const catalog = new Map<string, Tool>();
  for (const tool of [...tools, ...(toolsFile ? readToolsFile(toolsFile) : [])]) {
    if (catalog.has(tool.name))
      throw new Error(`The tools file ${toolsFile} names ${tool.name}, and that name is taken.`);
    catalog.set(tool.name, tool);
  }
  return catalog;
}
