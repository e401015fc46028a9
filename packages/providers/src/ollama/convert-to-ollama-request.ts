import type { ModelSettings } from '@troupe/contracts';
import type { ModelRequest, ModelTool, ToolChoice } from '@troupe/spec';
import { convertToOllamaMessages } from './convert-to-ollama-messages.js';
import type { WireRequest } from './ollama-wire.js';

export function convertToOllamaRequest(request: ModelRequest, model: string, stream: boolean): WireRequest {
  const { outputSchema, settings } = request;
  const tools = offeredTools(request.tools ?? [], request.toolChoice);
  const options = settings === undefined ? {} : convertSettings(settings);
  return {
    model,
    messages: convertToOllamaMessages(request, model),
    stream,
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
    ...(outputSchema !== undefined && { format: outputSchema.schema }),
    ...(Object.keys(options).length > 0 && { options }),
  };
}

/** Ollama has no tool choice: what may not be called is not offered. That a call is required cannot be said. */
function offeredTools(tools: ModelTool[], choice: ToolChoice | undefined): ModelTool[] {
  if (choice === 'none') return [];
  return typeof choice === 'object' ? tools.filter((tool) => tool.name === choice.name) : tools;
}

function convertSettings({ temperature, top_p, max_tokens, stop }: ModelSettings): NonNullable<WireRequest['options']> {
  return {
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
    ...(max_tokens !== undefined && { num_predict: max_tokens }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
  };
}
