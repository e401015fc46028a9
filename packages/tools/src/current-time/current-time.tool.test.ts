import { describe, expect, test } from '@jest/globals';
import { toolContext } from '../testing/tool-context.js';
import { currentTime } from './current-time.tool.js';

describe('current_time', () => {
  test('tells UTC unless asked for another zone', async () => {
    expect(await currentTime.execute({}, toolContext())).toEqual({
      iso: '2026-03-01T12:30:00+00:00',
      weekday: 'Sunday',
      time_zone: 'UTC',
    });
  });

  test.each([
    ['America/New_York', '2026-03-01T07:30:00-05:00', 'Sunday'],
    ['Asia/Kolkata', '2026-03-01T18:00:00+05:30', 'Sunday'],
    ['Pacific/Kiritimati', '2026-03-02T02:30:00+14:00', 'Monday'],
  ])('tells the time in %s', async (time_zone, iso, weekday) => {
    expect(await currentTime.execute({ time_zone }, toolContext())).toMatchObject({ iso, weekday });
  });

  test('midnight is 00, not 24', async () => {
    const context = toolContext();
    const services = { ...context.services, now: () => new Date('2026-03-01T00:00:00Z') };
    expect(await currentTime.execute({}, { ...context, services })).toMatchObject({ iso: '2026-03-01T00:00:00+00:00' });
  });

  test('says what a time zone is called', async () => {
    await expect(currentTime.execute({ time_zone: 'Mars/Olympus' }, toolContext())).rejects.toThrow(
      'There is no time zone "Mars/Olympus". Use an IANA name',
    );
  });
});
