export { FAILPOINTS, type Failpoint } from '../src/failpoint-names.ts';
export { failpoint } from './failpoint.ts';
