import { isId } from '@troupe/contracts';

/** What a piece of an answer or a question is, in the first letters of its id. */
export type ItemPrefix = 'msg' | 'rs' | 'fc';

/** Which response an item belongs to, and its place among what was answered. */
export interface ItemPlace {
  responseId: string;
  index: number;
}

/** The id of a response; `id` is that of the run or call. */
export function responseIdOf(id: string): string {
  return `resp_${hexOf(id)}`;
}

export function conversationIdOf(threadId: string): string {
  return `conv_${hexOf(threadId)}`;
}

/** Tells where the item is, so that nobody needs to look for it. */
export function itemIdOf(prefix: ItemPrefix, id: string, index: number): string {
  return `${prefix}_${hexOf(id)}_${index}`;
}

/** Of the run or call; undefined for what is no response's id. */
export function readResponseId(name: string): string | undefined {
  return readId(name, 'resp');
}

/** Of the thread; undefined for what is no conversation's id. */
export function readConversationId(name: string): string | undefined {
  return readId(name, 'conv');
}

/** Undefined for what is no item's id. */
export function readItemId(name: string): ItemPlace | undefined {
  const [, , hex = '', index = ''] = /^(msg|rs|fc)_([0-9a-f]{32})_(\d{1,4})$/.exec(name) ?? [];
  const responseId = idOf(hex);
  return responseId === undefined ? undefined : { responseId, index: Number(index) };
}

function readId(name: string, prefix: string): string | undefined {
  return name.startsWith(`${prefix}_`) ? idOf(name.slice(prefix.length + 1)) : undefined;
}

function hexOf(id: string): string {
  return id.replaceAll('-', '');
}

function idOf(hex: string): string | undefined {
  const id = hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isId(id) ? id : undefined;
}
