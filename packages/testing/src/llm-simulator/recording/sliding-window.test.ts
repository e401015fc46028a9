import { expect, test } from '@jest/globals';
import { SlidingWindow } from './sliding-window.js';

test('what is older than the window does not count, and the peak stays', () => {
  const window = new SlidingWindow(100);
  window.add(1000, 3);
  window.add(1050, 4);
  expect(window.current(1099)).toBe(7);
  expect(window.current(1100)).toBe(4);
  expect(window.current(1150)).toBe(0);
  window.add(1151, 5);
  expect(window.peak).toBe(7);
});

test('the peak is that of the fullest window, wherever it begins', () => {
  const window = new SlidingWindow(60);
  const times = Array.from({ length: 5000 }, (_, index) => index * 7 + ((index * index) % 5));
  const sorted = times.toSorted((a, b) => a - b);
  for (const time of sorted) window.add(time, 1);
  const fullest = Math.max(...sorted.map((end) => sorted.filter((time) => time > end - 60 && time <= end).length));
  expect(window.peak).toBe(fullest);
});

test('a clock that is set back loses nothing', () => {
  const window = new SlidingWindow(100);
  window.add(1000, 1);
  window.add(900, 1);
  expect(window.current(1001)).toBe(2);
});
