export { type EmbedOptions, embed } from './embed.js';
export { heldTooLong } from './held-too-long.js';
export { type CallMeter, type CallOwner, ModelCalls, type ModelCallsOptions } from './model-calls.js';
export { openPriceBook } from './open-price-book.js';
export { type SentJudgeCall, sentJudgeRow } from './sent-judge-row.js';
export { type StartModelCallsOptions, startModelCalls } from './start-model-calls.js';
