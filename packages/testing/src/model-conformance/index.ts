export type { CorpusFormat } from '../stream-corpora/stream-corpus.js';
export {
  describeEmbeddingConformance,
  type EmbeddingConformanceOptions,
} from './describe-embedding-conformance.js';
export { describeModelContract } from './describe-model-contract.js';
export { type BodyInPieces, describeStreamCorpora, type StreamCorporaOptions } from './describe-stream-corpora.js';
export { describeWireConformance } from './describe-wire-conformance.js';
export type { ModelUnderTestOptions, WireConformanceOptions } from './model-under-test.js';
