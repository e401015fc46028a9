/** Cuts a body of server-sent events into its frames, however it arrives. A frame comes without the empty line at its end. */
export class SseSplitter {
  #waiting = '';

  /** @returns the frames that this text completes */
  split(text: string): string[] {
    const frames = (this.#waiting + text).split('\n\n');
    this.#waiting = frames.pop() ?? '';
    return frames;
  }

  /** What came after the last complete frame: a body that ended properly leaves nothing. */
  get rest(): string {
    return this.#waiting;
  }
}

/** The value of a frame's field, undefined without it: `event`, `data`. */
export function fieldOf(frame: string, name: string): string | undefined {
  const start = frame.startsWith(`${name}: `) ? 0 : frame.indexOf(`\n${name}: `) + 1;
  if (start === 0 && !frame.startsWith(`${name}: `)) return undefined;
  const end = frame.indexOf('\n', start);
  return frame.slice(start + name.length + 2, end < 0 ? undefined : end);
}
