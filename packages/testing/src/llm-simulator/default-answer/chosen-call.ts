import type { JsonObject } from '../requests/json-object.js';
import type { SimulatedRequest, SimulatedTool } from '../simulated-request.js';
import { toolArguments } from './tool-arguments.js';

export interface ChosenCall {
  name: string;
  arguments: JsonObject;
}

export function findTool(request: SimulatedRequest, name: RegExp): SimulatedTool | undefined {
  return request.tools.find((tool) => name.test(tool.name));
}

/** A call with what the tool requires and nothing that the user said. */
export function bareCall(tool: SimulatedTool, request: SimulatedRequest): ChosenCall {
  return { name: tool.name, arguments: toolArguments(tool, request) };
}
