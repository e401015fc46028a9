import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isRunning, npmProcess } from './processes.mjs';

/** npm passes a terminal's Ctrl-C on although the terminal did it already; what follows this soon is the same key press. */
const SAME_SIGNAL_MS = 1000;
/** How often to look whether npm still lives, in milliseconds. */
const PARENT_CHECK_MS = 250;

/**
 * Runs the server in a session of its own, so that it gets each signal once and from here alone, and answers its exit
 * code. The IPC channel tells the server when this process was killed: it stops on `disconnect`.
 */
export function runServer(node, args, env) {
  const child = spawn(node, args, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: true });
  const stop = stopper(child);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  const npmWatch = watchNpm(() => stop('SIGTERM'));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`The server could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code, signal) => {
      clearInterval(npmWatch);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** The first signal asks the server to stop; a later one, when it takes too long, ends it. */
function stopper(child) {
  let firstAt;
  return (signal) => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    } else if (Date.now() - firstAt > SAME_SIGNAL_MS) {
      child.kill('SIGKILL');
    }
  };
}

/** A killed npm leaves its script running with nobody to stop it. */
function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const npm = npmProcess();
  const timer = setInterval(() => {
    if (npm !== undefined && isRunning(npm)) return;
    clearInterval(timer);
    onGone();
  }, PARENT_CHECK_MS);
  return timer;
}
