import { type ContentPart, isId, type Message } from '@troupe/contracts';

/** An entry of a conversation. `id` begins with what it is and names the message that it is of. */
export interface ConversationItem {
  id: string;
  type: 'message' | 'function_call' | 'function_call_output';
  status: 'in_progress' | 'completed';
  [field: string]: unknown;
}

/** A message as items: its words, then the calls that it asks for or the results that it brings. */
export function itemsOfMessage({ id, role, content }: Message): ConversationItem[] {
  const said = content.flatMap((part) => saidPart(part, role));
  const message: ConversationItem = {
    id: idOf('msg', id),
    type: 'message',
    status: 'completed',
    role,
    content: said,
  };
  return [...(said.length > 0 ? [message] : []), ...content.flatMap((part, place) => calledItem(part, id, place))];
}

/** Id of the message that an item is of; undefined for what is no item's id. */
export function messageOfItem(itemId: string): string | undefined {
  const [, hex = ''] = /^[a-z]+_([0-9a-f]{32})(?:_\d+)?$/.exec(itemId) ?? [];
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isId(id) ? id : undefined;
}

function saidPart(part: ContentPart, role: Message['role']): object[] {
  switch (part.type) {
    case 'text':
      return role === 'assistant'
        ? [{ type: 'output_text', text: part.text, annotations: [], logprobs: [] }]
        : [{ type: 'input_text', text: part.text }];
    case 'image': {
      const { source } = part;
      const url = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`;
      return [{ type: 'input_image', image_url: url, detail: 'auto' }];
    }
    case 'file': {
      const { name: filename, media_type, source } = part;
      if (source.type === 'url') return [{ type: 'input_file', filename, file_url: source.url }];
      return [{ type: 'input_file', filename, file_data: `data:${media_type};base64,${source.data}` }];
    }
    default:
      return [];
  }
}

function calledItem(part: ContentPart, messageId: string, place: number): ConversationItem[] {
  switch (part.type) {
    case 'tool_call': {
      const text = part.invalid_arguments ?? JSON.stringify(part.arguments);
      const called = { call_id: part.id, name: part.name, arguments: text };
      return [{ id: idOf('fc', messageId, place), type: 'function_call', status: 'completed', ...called }];
    }
    case 'tool_result': {
      const status = part.status === 'pending' || part.status === 'held' ? 'in_progress' : 'completed';
      const output = status === 'completed' ? part.content : '';
      const id = idOf('fco', messageId, place);
      return [{ id, type: 'function_call_output', status, call_id: part.tool_call_id, output }];
    }
    default:
      return [];
  }
}

function idOf(prefix: string, messageId: string, place?: number): string {
  return `${prefix}_${messageId.replaceAll('-', '')}${place === undefined ? '' : `_${place}`}`;
}
