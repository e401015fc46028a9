import type { Redis } from 'ioredis';

/** How many commands the connection has sent since then. */
export function countCommands(redis: Redis): () => number {
  const send = redis.sendCommand.bind(redis);
  let sent = 0;
  redis.sendCommand = (command, stream) => {
    sent += 1;
    return send(command, stream);
  };
  return () => sent;
}
