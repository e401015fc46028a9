import { connect } from 'node:net';

const TIMEOUT_MS = 5_000;

/** One command to a Redis, past every proxy. Answers the last line of its reply. @throws when there is none in time */
export function redisCommand(url: string, command: string): Promise<string> {
  const { hostname, port, password } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let received = '';
    const end = (error?: Error) => {
      socket.destroy();
      if (error) reject(error);
      else resolve(received.trim().split('\r\n').at(-1) ?? '');
    };
    socket.setTimeout(TIMEOUT_MS, () => end(new Error(`Redis did not answer ${command}`)));
    socket.once('error', end);
    socket.once('connect', () => socket.write(`AUTH ${decodeURIComponent(password)}\r\n${command}\r\n`));
    socket.on('data', (bytes) => {
      received += bytes.toString();
      if (received.split('\r\n').length > 2) end();
    });
  });
}
