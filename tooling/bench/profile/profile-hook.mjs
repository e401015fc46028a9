// Loaded into a process before its own code (`node --import`): profiles it from one message of its parent to another, so that
// neither its start nor its idle time is part of the picture.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/** Microseconds between two samples: fine enough for seconds of load, at a few percent of CPU. */
const SAMPLE_US = 500;

const session = new Session();
session.connect();

process.on('message', (message) => {
  if (message?.type === 'start-profile') {
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
    session.post('Profiler.start', () => process.send({ type: 'profile-started' }));
  } else if (message?.type === 'stop-profile') {
    session.post('Profiler.stop', (_, { profile }) => {
      writeFileSync(message.file, JSON.stringify(profile));
      process.send({ type: 'profile-stopped' });
    });
  }
});
// Listening to a parent is no reason to stay.
process.channel?.unref();
