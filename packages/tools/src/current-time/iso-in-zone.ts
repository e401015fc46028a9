import { TroupeError } from '@troupe/contracts';

export interface ZonedTime {
  /** ISO 8601 with the offset of the zone at that moment. */
  iso: string;
  weekday: string;
  /** As the zone is spelled in the IANA database. */
  time_zone: string;
  [key: string]: string;
}

/** @throws TroupeError `invalid_request` when there is no zone of that name. */
export function isoInZone(time: Date, timeZone: string): ZonedTime {
  const format = formatFor(timeZone);
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const offset = (parts.timeZoneName ?? '').replace('GMT', '') || '+00:00';
  return {
    iso: `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}${offset}`,
    weekday: parts.weekday ?? '',
    time_zone: format.resolvedOptions().timeZone,
  };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'long',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
  } catch (cause) {
    throw new TroupeError({
      code: 'invalid_request',
      fault: 'caller',
      message: `There is no time zone "${timeZone}". Use an IANA name such as "Europe/London" or "UTC".`,
      cause,
    });
  }
}
