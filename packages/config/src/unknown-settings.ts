import { nearMatches } from '@troupe/contracts';
import { descriptionsOf } from './declare/setting-description.js';
import { environment as ownEnvironment } from './environment.js';
import type { Environment } from './read-variable.js';
import { SECTIONS } from './sections/catalog.js';

/** A variable that looks like a setting and is none. */
export interface UnknownSetting {
  variable: string;
  /** For the log; never shows the value. */
  advice: string;
}

const OUR_PREFIX = 'TROUPE_';
/** What the command line client reads, which may run in the same shell. */
const OF_THE_CLIENT = ['TROUPE_URL'];
/** Kubernetes tells every container of every service by such variables; a service may well be called troupe. */
const OF_KUBERNETES = /_SERVICE_(HOST|PORT\w*)$|_PORT(_\d+_(TCP|UDP|SCTP)\w*)?$/;

/** Variables with our prefix that no process of this version reads: typing mistakes, or settings of another version. */
export function unknownSettings(environment: Environment = ownEnvironment): UnknownSetting[] {
  const known = Object.values(SECTIONS)
    .flatMap(({ type }) => descriptionsOf(type.prototype))
    .flatMap(({ variable, secret }) => (secret ? [variable, `${variable}_FILE`] : [variable]));
  const read = new Set([...known, ...OF_THE_CLIENT]);
  return Object.keys(environment)
    .filter((name) => name.startsWith(OUR_PREFIX) && !read.has(name) && !OF_KUBERNETES.test(name))
    .map((variable) => {
      const [near] = nearMatches(variable, known, 1);
      const meant = near === undefined ? 'docs/configuration.md has them all.' : `Did you mean ${near}?`;
      return { variable, advice: `${variable} is no setting of this version and changes nothing. ${meant}` };
    });
}
