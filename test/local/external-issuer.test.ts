import { expect, it } from '@jest/globals';
import { externalIssuerFrom } from '../../local/external-issuer.ts';

const settings = { ISSUER: 'https://login.example', AUDIENCE: 'sims', CONSOLE_CLIENT_ID: 'console' };

it('is the local user pool without settings', () => {
  expect(externalIssuerFrom({ ISSUER: '' })).toBeUndefined();
});

it('is another issuer, with the scope of the console', () => {
  const expected = { issuer: 'https://login.example', audience: 'sims', clientId: 'console' };
  expect(externalIssuerFrom(settings)).toEqual({ ...expected, scope: 'openid email' });
  expect(externalIssuerFrom({ ...settings, CONSOLE_SCOPE: 'openid offline_access' })).toEqual({
    ...expected,
    scope: 'openid offline_access',
  });
});

it.each(Object.keys(settings))('is refused without %s', (name) => {
  expect(() => externalIssuerFrom({ ...settings, [name]: undefined })).toThrow(
    'ISSUER, AUDIENCE and CONSOLE_CLIENT_ID',
  );
});

it('is refused when it is no URL', () => {
  expect(() => externalIssuerFrom({ ...settings, ISSUER: 'login' })).toThrow('must be a URL');
});
