export { failpoint } from './failpoint.js';
export { FAILPOINTS, type Failpoint } from './failpoint-names.js';
