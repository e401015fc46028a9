import { modelOfTier } from '@troupe/agent';
import { TroupeError } from '@troupe/contracts';
import { type Database, findAnsweringAgent } from '@troupe/database';
import type { Caller } from '../auth/caller.js';
import { fieldError } from '../errors/invalid-request.js';
import type { InteractDto } from './interact.dto.js';

/** @throws TroupeError `invalid_request` for a tier that the agent of the interaction does not have */
export async function checkTier(
  database: Database,
  defaultAgent: string,
  { tenantId }: Caller,
  { tier, persona_id, thread_id }: InteractDto & { tier: string },
): Promise<void> {
  const request = { agent: persona_id ?? null, threadId: thread_id ?? null, defaultAgent };
  const agent = await findAnsweringAgent(database, tenantId, request);
  if (!agent) return;
  try {
    modelOfTier(agent.configuration.routing, tier);
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    const { code, fault, message } = error;
    const details = { ...error.details, errors: [{ ...fieldError(['tier'], message) }] };
    throw new TroupeError({ code, fault, message, details, cause: error });
  }
}
