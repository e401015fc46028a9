import { setTimeout as sleep } from 'node:timers/promises';
import { getRateLimiter, RateLimiter } from 'troupe';

const limiter = new RateLimiter({ rpm: 60, tpm: 100_000 });

// Ask before a call, and record what it took.
const waitMs = await limiter.check('openai:gpt-4.1', 1_000);
if (waitMs > 0) await sleep(waitMs);
await limiter.record('openai:gpt-4.1', 1_500);

// Or wait for a turn; what the call really took replaces the estimate.
const grant = await limiter.acquire('openai:gpt-4.1', 1_000);
await grant.settle(1_200);

// One limiter for a provider's model in this process, with the limits of an entry tier unless you pass yours.
const shared = getRateLimiter('anthropic', 'claude-sonnet-4');
console.log(shared.limits);
