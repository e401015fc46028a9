import { nearMatches, TroupeError } from '@troupe/contracts';
import type { ToolFor } from '@troupe/spec';
import type { z } from 'zod';
import { defineTool, type ToolOptions } from './define-tool.js';
import { TOOL_NAME, TOOL_NAME_RULE } from './tool-name.js';
import { checkToolSchema } from './tool-schema.js';

/** Tools by name, for agents that name theirs. */
export class ToolRegistry<Deps = unknown> implements Iterable<ToolFor<Deps>> {
  readonly #tools = new Map<string, ToolFor<Deps>>();

  /** @throws TroupeError `invalid_request`, as `register`. */
  constructor(tools: Iterable<ToolFor<Deps>> = []) {
    for (const tool of tools) this.register(tool);
  }

  /**
   * Adds a tool, or an object of a class that is one (`class GetWeather implements ToolOptions<…>`).
   * @returns the tool as agents take it
   * @throws TroupeError `invalid_request` when its name is taken or not one that providers accept, or when its parameters
   * are no JSON Schema and cannot become it.
   */
  register<Parameters extends z.ZodObject>(tool: ToolFor<Deps> | ToolOptions<Parameters, Deps>): ToolFor<Deps> {
    const registered = isUnbuilt(tool) ? defineTool(tool) : checked(tool);
    if (this.#tools.has(registered.name)) throw refused(registered.name, 'is taken: choose another');
    this.#tools.set(registered.name, registered);
    return registered;
  }

  /** @throws TroupeError `tool_not_found` with the near matches in its message and details. */
  get(name: string): ToolFor<Deps> {
    const tool = this.#tools.get(name);
    if (tool) return tool;
    const near = nearMatches(name, this.#tools.keys());
    const advice = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'Register it first.';
    throw new TroupeError({
      code: 'tool_not_found',
      fault: 'caller',
      message: `There is no tool "${name.slice(0, 100)}". ${advice}`,
      details: { tool: name, near_matches: near },
    });
  }

  has(name: string): boolean {
    return this.#tools.has(name);
  }

  /** In the order in which they were registered. */
  get names(): string[] {
    return [...this.#tools.keys()];
  }

  [Symbol.iterator](): Iterator<ToolFor<Deps>> {
    return this.#tools.values();
  }
}

/** Whether the parameters are zod's yet. */
function isUnbuilt<Parameters extends z.ZodObject, Deps>(
  tool: ToolFor<Deps> | ToolOptions<Parameters, Deps>,
): tool is ToolOptions<Parameters, Deps> {
  return '_zod' in tool.parameters;
}

function checked<Deps>(tool: ToolFor<Deps>): ToolFor<Deps> {
  if (!TOOL_NAME.test(tool.name)) throw refused(tool.name, TOOL_NAME_RULE);
  checkToolSchema(tool.name, tool.parameters);
  return tool;
}

function refused(name: string, why: string): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `The tool name "${name}" ${why}.`,
    details: { tool: name },
  });
}
