import { describe, expect, test } from '@jest/globals';
import { fieldOf, SseSplitter } from './sse-splitter.js';

describe('SseSplitter', () => {
  test('cuts a body at its empty lines, wherever the pieces end', () => {
    const body = 'id: 1\ndata: {"a":1}\n\n: comment\n\ndata: [DONE]\n\n';
    for (let size = 1; size <= body.length; size += 1) {
      const splitter = new SseSplitter();
      const frames: string[] = [];
      for (let at = 0; at < body.length; at += size) frames.push(...splitter.split(body.slice(at, at + size)));
      expect(frames).toEqual(['id: 1\ndata: {"a":1}', ': comment', 'data: [DONE]']);
      expect(splitter.rest).toBe('');
    }
  });

  test('keeps a frame that is not complete', () => {
    const splitter = new SseSplitter();
    expect(splitter.split('data: 1\n')).toEqual([]);
    expect(splitter.rest).toBe('data: 1\n');
  });
});

describe('fieldOf', () => {
  test('finds a field at the start, in the middle and at the end', () => {
    const frame = 'event: text.delta\nid: 1-2\ndata: {"delta":"a"}';
    expect(['event', 'id', 'data'].map((name) => fieldOf(frame, name))).toEqual(['text.delta', '1-2', '{"delta":"a"}']);
  });

  test('does not take a part of a value for a field', () => {
    expect(fieldOf('data: an id: 7', 'id')).toBeUndefined();
    expect(fieldOf(': keep-alive', 'data')).toBeUndefined();
  });
});
