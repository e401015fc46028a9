import type { SimulatedMessage, SimulatedTool } from '../simulated-request.js';

export function lastUserTextOf(messages: SimulatedMessage[]): string {
  return messages.findLast((message) => message.role === 'user')?.text ?? '';
}

/** Characters that a model would read; the wire's own framing is not counted. */
export function promptCharactersOf(messages: SimulatedMessage[], tools: SimulatedTool[], schema?: unknown): number {
  let characters = schema === undefined ? 0 : JSON.stringify(schema).length;
  for (const message of messages) {
    characters += message.text.length;
    if (message.toolCalls !== undefined && message.toolCalls.length > 0) {
      characters += JSON.stringify(message.toolCalls).length;
    }
  }
  for (const tool of tools) {
    characters += tool.name.length + tool.description.length + JSON.stringify(tool.parameters).length;
  }
  return characters;
}

/** Gives each tool result the name of its call, in formats that repeat only the call's id. */
export function nameToolResults(messages: SimulatedMessage[]): void {
  const names = new Map<string, string>();
  for (const message of messages) {
    for (const call of message.toolCalls ?? []) {
      if (call.id !== undefined) names.set(call.id, call.name);
    }
    if (message.role === 'tool' && message.toolName === undefined && message.toolCallId !== undefined) {
      message.toolName = names.get(message.toolCallId);
    }
  }
}
