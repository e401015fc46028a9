import { describe, expect, it } from '@jest/globals';
import { unknownSettings } from './unknown-settings.js';

describe('unknownSettings', () => {
  it('names what a mistyped setting may have meant, and never its value', () => {
    const [found, ...others] = unknownSettings({ TROUPE_DATADIR: '/secret/place', TROUPE_API_KEY: 'k'.repeat(20) });
    expect(others).toEqual([]);
    expect(found?.advice).toBe(
      'TROUPE_DATADIR is no setting of this version and changes nothing. Did you mean TROUPE_DATA_DIR?',
    );
  });

  it('points to the page when nothing is near', () => {
    const [found] = unknownSettings({ TROUPE_WEATHER: 'sunny' });
    expect(found?.advice).toContain('docs/configuration.md');
  });

  it.each([
    'TROUPE_API_KEY_FILE',
    'TROUPE_TOOLS_FILE',
    'TROUPE_URL',
    'TROUPE_PORT',
    'TROUPE_SERVICE_HOST',
    'TROUPE_GATEWAY_SERVICE_PORT_HTTP',
    'TROUPE_PORT_3000_TCP_ADDR',
    'PATH',
    'DATABASE_PASSWORD',
  ])('says nothing about %s', (variable) => {
    expect(unknownSettings({ [variable]: 'tcp://10.0.0.1:3000' })).toEqual([]);
  });
});
