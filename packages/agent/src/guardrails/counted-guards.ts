import type { Usage } from '@troupe/contracts';
import { usageOf } from '../usage/usage-of.js';
import type { Guards } from './guards.js';

/** The same guards, whose judges tell what each of their requests took. */
export function countedGuards(guards: Guards, onUsage: (usage: Usage) => void): Guards {
  const { judge, usageOf: priced = (_, usage) => usageOf(usage) } = guards;
  if (!judge) return guards;
  return {
    ...guards,
    judge: (model) => async (request, signal) => {
      const response = await judge(model)(request, signal);
      onUsage(priced(model, response.usage));
      return response;
    },
  };
}
