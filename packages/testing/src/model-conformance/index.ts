export { describeModelContract } from './describe-model-contract.js';
export { describeWireConformance } from './describe-wire-conformance.js';
export type { ModelUnderTestOptions, WireConformanceOptions } from './model-under-test.js';
