/** Jobs in Redis, for `new JobQueue({ backend })`. */
export { BullJobBackend, type BullJobBackendOptions } from '@troupe/queues';
