import { TextSetting } from '../declare/text-setting.js';
import { UrlSetting } from '../declare/url-setting.js';
import { WholeNumberSetting } from '../declare/whole-number-setting.js';

/** Where data is kept. */
export class StorageSettings {
  @UrlSetting({
    variable: 'DATABASE_URL',
    about: 'PostgreSQL that holds everything Troupe knows.',
    defaultText: '`npm start` runs a PostgreSQL of its own in the data folder; single apps need one',
    protocols: ['postgres:', 'postgresql:'],
    example: 'postgres://troupe:password@db.example.com:5432/troupe',
    secret: true,
  })
  readonly databaseUrl: string | undefined;

  @UrlSetting({
    variable: 'REDIS_URL',
    about: 'Redis or Valkey that carries queues and live events; it may be emptied at any time.',
    defaultText: '`npm start` runs a Redis of its own in the data folder; single apps need one',
    protocols: ['redis:', 'rediss:'],
    example: 'redis://:password@redis.example.com:6379/0',
    secret: true,
  })
  readonly redisUrl: string | undefined;

  @TextSetting({
    variable: 'TROUPE_DATA_DIR',
    about: 'Folder of the generated API key, process ids and the databases that Troupe starts itself.',
    pattern: /^[^\0]+$/,
    expected: 'a path',
    example: '/var/lib/troupe',
  })
  readonly dataDir: string = '.troupe';

  @WholeNumberSetting({
    variable: 'DATABASE_POOL_SIZE',
    about: 'Connections to PostgreSQL that one process may hold.',
    unit: 'connections',
    min: 1,
    max: 1000,
    example: '20',
  })
  readonly databasePoolSize: number = 10;
}
