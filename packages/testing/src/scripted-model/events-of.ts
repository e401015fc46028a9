import type { ContentPart } from '@troupe/contracts';
import type { ModelEvent, ModelResponse } from '@troupe/spec';
import type { ScriptedTurn } from './scripted-turn.js';

/** The events that a turn yields before it ends, throws or hangs. */
export function eventsOf(turn: Exclude<ScriptedTurn, { type: 'reply' }>): readonly ModelEvent[] {
  switch (turn.type) {
    case 'response':
      return eventsOfResponse(turn.response);
    case 'stream':
      return turn.events;
    case 'error':
    case 'hang':
      return turn.after ?? [];
  }
}

/** How a provider would stream the response: words, and a call's arguments in two pieces. */
function eventsOfResponse(response: ModelResponse): ModelEvent[] {
  return [...response.content.flatMap(eventsOfPart), { type: 'completed', response }];
}

function eventsOfPart(part: ContentPart, index: number): ModelEvent[] {
  switch (part.type) {
    case 'text':
      return words(part.text).map((delta) => ({ type: 'text.delta', delta }));
    case 'reasoning':
      return words(part.text).map((delta) => ({ type: 'reasoning.delta', delta }));
    case 'tool_call': {
      const text = part.invalid_arguments ?? JSON.stringify(part.arguments);
      const half = Math.ceil(text.length / 2);
      const pieces = [text.slice(0, half), text.slice(half)].filter((piece) => piece !== '');
      return [
        { type: 'tool_call.started', index, id: part.id, name: part.name },
        ...pieces.map((delta): ModelEvent => ({ type: 'tool_call.delta', index, delta })),
      ];
    }
    default:
      return [];
  }
}

function words(text: string): string[] {
  return text.match(/\s*\S+\s*$|\s*\S+|\s+/g) ?? [];
}
