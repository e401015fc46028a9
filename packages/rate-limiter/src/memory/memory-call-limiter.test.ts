import { describeCallLimiter } from '../testing/describe-call-limiter.js';
import { MemoryCallLimiter } from './memory-call-limiter.js';

describeCallLimiter('MemoryCallLimiter', ({ limitsOf, clock }) => new MemoryCallLimiter({ limitsOf, now: clock }));
