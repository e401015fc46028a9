// Stands for an app: says when it is ready, reports how it was ended, and misbehaves as its environment tells it.
import { appendFileSync } from 'node:fs';

const { NAME, JOURNAL, URL_TO_REPORT, STOP_AFTER_MS = '0', CRASH_BEFORE_READY, IGNORE_SIGTERM } = process.env;
const note = (what) => appendFileSync(JOURNAL, `${NAME} ${what}\n`);

if (CRASH_BEFORE_READY) {
  console.error('no database');
  process.exit(3);
}
const end = (why) => {
  note(`${why} received`);
  setTimeout(() => {
    note('ended');
    process.exit(0);
  }, Number(STOP_AFTER_MS));
};
process.on('SIGTERM', () => (IGNORE_SIGTERM ? note('SIGTERM ignored') : end('SIGTERM')));
process.on('disconnect', () => end('disconnect'));
note('started');
console.log('works');
process.send({ type: 'ready', url: URL_TO_REPORT });
