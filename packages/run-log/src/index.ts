export { parseFrames } from './parse-frames.js';
export { type Following, type FollowOptions, RunEventHub, type RunEventHubOptions } from './run-event-hub.js';
export { RunEventPublisher, type RunEventPublisherOptions, type UnstoredBatch } from './run-event-publisher.js';
export type { RunEventChunk } from './run-event-tail.js';
export type { RunLogWriter, StoredEvents } from './run-log-writer.js';
