import { connect } from 'node:net';

/** Long enough for a server that is busy reading its file, in milliseconds. */
const TIMEOUT_MS = 2000;

/**
 * One AUTH and PING. `loading` while the server still reads its data, `absent` when nothing answers.
 */
export function pingRedis(port: number, password: string): Promise<'ready' | 'loading' | 'absent'> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let received = '';
    const finish = (state: 'ready' | 'loading' | 'absent') => {
      socket.destroy();
      resolve(state);
    };
    socket.setEncoding('utf8');
    socket.setTimeout(TIMEOUT_MS, () => finish('absent'));
    socket.once('error', () => finish('absent'));
    socket.once('close', () => finish('absent'));
    socket.once('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (text: string) => {
      received += text;
      const [, second] = received.split('\r\n');
      if (second?.startsWith('+PONG')) finish('ready');
      else if (second?.startsWith('-LOADING')) finish('loading');
      else if (second?.startsWith('-')) finish('absent');
    });
  });
}
