import { createHash } from 'node:crypto';
import type { JudgeModel } from '../../packages/agent/src/index.ts';
import { createModelCatalog } from '../../packages/providers/src/index.ts';

export interface Judge {
  name: string;
  model: JudgeModel;
}

export interface JudgeChoice {
  provider?: string | undefined;
  model?: string | undefined;
  url?: string | undefined;
  /** `0.9,0.01`: catches 90 % of what is an attack, and is mistaken about 1 % of what is none. */
  simulated?: string | undefined;
  attacks: ReadonlySet<string>;
}

/** A model of a provider, or one that only says as often as it is told what the set says. */
export async function judgeOf({ provider, model, url, simulated, attacks }: JudgeChoice): Promise<Judge | undefined> {
  if (simulated !== undefined) return simulatedJudge(simulated, attacks);
  if (provider === undefined) return undefined;
  const key = process.env.JUDGE_API_KEY;
  const catalog = createModelCatalog({ [provider]: { apiKeys: key ? [key] : [], baseUrl: url } });
  const chat = catalog.resolve(model === undefined ? catalog.defaultModel : `${provider}/${model}`);
  return { name: chat.id, model: () => (request, signal) => chat.generate(request, { signal }) };
}

/** No measurement of any model: it shows what a judge of a given quality adds to the rules. */
function simulatedJudge(rates: string, attacks: ReadonlySet<string>): Judge {
  const [catches = 0, mistakes = 0] = rates.split(',').map(Number);
  return {
    name: `a simulated judge (${rates})`,
    model: () => async (request) => {
      const [part] = request.messages[0]?.content ?? [];
      const { text } = JSON.parse(part?.type === 'text' ? part.text : '{}') as { text: string };
      const chance = (createHash('sha256').update(`judge ${text}`).digest().readUInt32BE(0) ?? 0) / 2 ** 32;
      const violates = chance < (attacks.has(text) ? catches : mistakes);
      return {
        content: [{ type: 'text', text: JSON.stringify({ reason: '', violates }) }],
        finish: { reason: 'stop', raw: 'stop' },
        usage: {
          inputTokens: 0,
          outputTokens: 0,
          cachedInputTokens: 0,
          cacheWriteInputTokens: 0,
          reasoningTokens: 0,
          estimated: false,
        },
      };
    },
  };
}
