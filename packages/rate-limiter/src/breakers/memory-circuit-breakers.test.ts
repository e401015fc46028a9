import { describeCircuitBreakers } from '../testing/describe-circuit-breakers.js';
import { MemoryCircuitBreakers } from './memory-circuit-breakers.js';

describeCircuitBreakers('MemoryCircuitBreakers', (now) => new MemoryCircuitBreakers({ now }));
