export { MemoryCircuitBreakers, type MemoryCircuitBreakersOptions } from './breakers/memory-circuit-breakers.js';
export { RedisCircuitBreakers, type RedisCircuitBreakersOptions } from './breakers/redis-circuit-breakers.js';
export { MemoryBackend, type RateLimiterBackend, RedisBackend } from './library/backend.js';
export { type GetRateLimiterOptions, getRateLimiter } from './library/get-rate-limiter.js';
export {
  type AcquireOptions,
  RateLimiter,
  type RateLimiterOptions,
  type RateLimitGrant,
  scopeOfKey,
} from './library/rate-limiter.js';
export { type LimitsOf, MemoryCallLimiter, type MemoryCallLimiterOptions } from './memory/memory-call-limiter.js';
export type { MeteredLimiter } from './metered-limiter.js';
export { RedisCallExperience, type RedisCallExperienceOptions } from './redis/redis-call-experience.js';
export { RedisCallLimiter, type RedisCallLimiterOptions } from './redis/redis-call-limiter.js';
export { systemClock } from './system-clock.js';
