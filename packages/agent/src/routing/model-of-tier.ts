import { type ModelId, nearMatches, type Routing, TroupeError } from '@troupe/contracts';
import { unknownName } from '../tools/unknown-name.js';

/** @throws TroupeError `invalid_request` with the near matches, for a tier that the agent does not have. */
export function modelOfTier(routing: Pick<Routing, 'tiers'> | undefined, tier: string): ModelId {
  const tiers = routing?.tiers ?? {};
  const model = Object.hasOwn(tiers, tier) ? tiers[tier] : undefined;
  if (model !== undefined) return model;
  const known = Object.keys(tiers);
  throw new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: known.length === 0 ? 'This agent has no tiers.' : unknownName('tier', tier, known),
    details: { tier, near_matches: nearMatches(tier, known) },
  });
}
