/**
 * What becomes of a message that comes while its thread works on another run. Without such a run all of them are the same.
 *
 * - `reject`: it is refused with `thread_busy`.
 * - `enqueue`: its run starts when the thread is free, in order of acceptance.
 * - `interrupt`: the other run is cancelled and what it said stays; this one comes before all that are enqueued.
 * - `rollback`: like `interrupt`, and the message takes the place of the other run's: a sibling under the same parent.
 * - `steer`: the message goes to the other run, which reads it before its next model turn. There is no new run.
 */
export type MultitaskStrategy = 'reject' | 'enqueue' | 'interrupt' | 'rollback' | 'steer';
