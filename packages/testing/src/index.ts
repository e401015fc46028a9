export { type CassetteMiss, CassetteMissError } from './cassettes/cassette-miss.js';
export type { CassetteMode, CassetteOptions } from './cassettes/cassette-options.js';
export type { CassetteRequest } from './cassettes/recorded-exchange.js';
export type { RequestDifference } from './cassettes/request-difference.js';
export { type Cassette, startCassette } from './cassettes/start-cassette.js';
export type { BatchBehavior, SimulatedBatch } from './llm-simulator/batches/simulated-batch.js';
export type { LimitReadings, MeterReading, SimulatedLimits } from './llm-simulator/limits/simulated-limits.js';
export type { RecordedRequest, RequestOutcome } from './llm-simulator/recording/recorded-request.js';
export type { SimulatorStats } from './llm-simulator/recording/request-recorder.js';
export type { TrafficStats } from './llm-simulator/recording/traffic-counter.js';
export type { SimulatedReply } from './llm-simulator/replies/simulated-reply.js';
export type {
  SimulatedMessage,
  SimulatedProvider,
  SimulatedRequest,
  SimulatedTool,
} from './llm-simulator/simulated-request.js';
export type { SimulatorRule } from './llm-simulator/simulator-rule.js';
export {
  type LlmSimulator,
  type LlmSimulatorOptions,
  startLlmSimulator,
} from './llm-simulator/start-llm-simulator.js';
export { obedientTurn } from './obedient-model/obedient-turn.js';
export { poisonedResults, poisonedTools } from './obedient-model/poisoned-results.js';
export { ScriptedModel, type ScriptedModelOptions } from './scripted-model/scripted-model.js';
export {
  answer,
  callTools,
  type ScriptedCall,
  type ScriptedResponseOptions,
  type ScriptedTurn,
  scriptedResponse,
} from './scripted-model/scripted-turn.js';
export {
  type ServerExit,
  type ServerProcess,
  type ServerProcessOptions,
  startServerProcess,
} from './split-server/start-server-process.js';
export { startTcpProxy, type TcpProxy } from './tcp-proxy/start-tcp-proxy.js';
export { createTestDatabase, type TestDatabase, testRedisUrl } from './test-database/create-test-database.js';
