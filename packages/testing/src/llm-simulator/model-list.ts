const simulatorModels = ['sim-default', 'sim-echo', 'sim-tokens-100'];

const since = 1_700_000_000;

export function openAiModelList(): string {
  return JSON.stringify({
    object: 'list',
    data: simulatorModels.map((id) => ({ id, object: 'model', created: since, owned_by: 'simulator' })),
  });
}

export function anthropicModelList(): string {
  return JSON.stringify({
    data: simulatorModels.map((id) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: new Date(since * 1000).toISOString(),
    })),
    has_more: false,
    first_id: simulatorModels[0],
    last_id: simulatorModels.at(-1),
  });
}

export function openRouterModelList(): string {
  return JSON.stringify({
    data: simulatorModels.map((id) => ({
      id: `simulator/${id}`,
      name: id,
      created: since,
      context_length: 128_000,
      pricing: { prompt: '0.000001', completion: '0.000001' },
      supported_parameters: ['tools', 'tool_choice', 'response_format', 'structured_outputs', 'max_tokens'],
    })),
  });
}

export function ollamaTags(): string {
  return JSON.stringify({
    models: simulatorModels.map((name) => ({
      name: `${name}:latest`,
      model: `${name}:latest`,
      modified_at: new Date(since * 1000).toISOString(),
      size: 0,
      digest: '0'.repeat(64),
      details: { format: 'gguf', family: 'simulator', parameter_size: '0B', quantization_level: 'Q0' },
    })),
  });
}
