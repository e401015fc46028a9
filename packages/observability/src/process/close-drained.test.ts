import { describe, expect, it } from '@jest/globals';
import { closeDrained } from './close-drained.js';

const never = new Promise<void>(() => undefined);

describe('closeDrained', () => {
  it('waits for an app that closes', async () => {
    let closed = false;
    const close = async () => {
      closed = true;
    };
    await closeDrained({ close }, never);
    expect(closed).toBe(true);
  });

  it('leaves an app behind that never closes, once its work is done', async () => {
    const drained = Promise.withResolvers<void>();
    let stopped = false;
    const stop = closeDrained({ close: () => never }, drained.promise).then(() => {
      stopped = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stopped).toBe(false);
    drained.resolve();
    await stop;
  });

  it('tells of a close that fails', async () => {
    const close = () => Promise.reject(new Error('broken'));
    await expect(closeDrained({ close }, never)).rejects.toThrow('broken');
  });
});
