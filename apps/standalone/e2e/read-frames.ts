/** One block of a stream of server-sent events, as it came. */
export interface Frame {
  event?: string;
  id?: string;
  data?: string;
  comment?: string;
}

/** The frames of a response up to its end; leaving the loop closes the connection. */
export async function* readFrames(response: Response): AsyncGenerator<Frame> {
  if (!response.body) throw new Error('The response has no body.');
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) yield parseFrame(block);
  }
}

function parseFrame(block: string): Frame {
  const frame: Frame = {};
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === '') frame.comment = value;
    else if (name === 'event' || name === 'id' || name === 'data') frame[name] = value;
  }
  return frame;
}

export async function allFrames(response: Response): Promise<Frame[]> {
  return Array.fromAsync(readFrames(response));
}
