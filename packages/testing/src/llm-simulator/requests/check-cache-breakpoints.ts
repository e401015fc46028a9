import type { JsonObject } from './json-object.js';
import { isJsonObject, objectsOf, stringOf } from './json-object.js';
import { RejectedRequest } from './rejected-request.js';

const maxBreakpoints = 4;
const ttls: unknown[] = [undefined, '5m', '1h'];

/** The API takes four marks at most, none on thinking, and those that live longer first. */
export function checkCacheBreakpoints(body: JsonObject): void {
  const marked = markable(body).filter((block) => block.cache_control !== undefined && block.cache_control !== null);
  if (marked.length > maxBreakpoints) {
    throw new RejectedRequest(
      400,
      `A maximum of ${maxBreakpoints} blocks with cache_control may be provided. Found ${marked.length}.`,
    );
  }
  let isShort = false;
  for (const block of marked) {
    const control = block.cache_control;
    if (!isJsonObject(control) || control.type !== 'ephemeral' || !ttls.includes(control.ttl)) {
      throw new RejectedRequest(400, "cache_control: Input should be {'type': 'ephemeral'} with a ttl of '5m' or '1h'");
    }
    if (block.type === 'thinking' || block.type === 'redacted_thinking') {
      throw new RejectedRequest(400, `cache_control: cannot be set on \`${stringOf(block.type)}\` blocks`);
    }
    if (control.ttl === '1h' && isShort) {
      throw new RejectedRequest(
        400,
        "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block",
      );
    }
    isShort ||= control.ttl !== '1h';
  }
}

/** In the order in which the cache reads a request. */
function markable(body: JsonObject): JsonObject[] {
  return [
    ...objectsOf(body.tools),
    ...objectsOf(body.system),
    ...objectsOf(body.messages).flatMap((message) => objectsOf(message.content)),
  ];
}
