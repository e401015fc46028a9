/** @throws Error when Redis did not answer in time, or what it answered. */
export function answerInTime<Reply>(reply: Promise<Reply>, timeoutMs: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    // After a pause of this process the timer is due before the answer, which has long been there, is read.
    const giveUp = () => setImmediate(() => reject(new Error(`Redis did not answer within ${timeoutMs} ms.`)));
    const timer = setTimeout(giveUp, timeoutMs);
    const settled = () => clearTimeout(timer);
    reply.then(resolve, reject).finally(settled);
  });
}
