import { describeAgentStore } from './agent-store.test-conformance.js';
import { InMemoryAgentStore } from './in-memory-agent-store.js';
import { InMemoryThreadStore } from './in-memory-thread-store.js';
import { InMemoryUserMemoryStore } from './in-memory-user-memory-store.js';
import { describeThreadStore } from './thread-store.test-conformance.js';
import { describeUserMemoryStore } from './user-memory-store.test-conformance.js';

describeThreadStore('InMemoryThreadStore', () => new InMemoryThreadStore());
describeUserMemoryStore('InMemoryUserMemoryStore', () => new InMemoryUserMemoryStore());
describeAgentStore('InMemoryAgentStore', (names) => new InMemoryAgentStore(names));
