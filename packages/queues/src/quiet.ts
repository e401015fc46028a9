import type { Queue } from 'bullmq';

/**
 * Makes a queue keep lost connections to itself: the connection that it shares has logged them once, while BullMQ would
 * print every try to reconnect of every queue that nobody listens to.
 */
export function quiet(queue: Queue): Queue {
  return queue.on('error', () => undefined);
}
