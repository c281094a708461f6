import { expect, it } from '@jest/globals';
import { parseConfiguration } from './configuration.ts';

it('reads an issuer with a discovery document', () => {
  expect(parseConfiguration({ issuer: 'https://issuer.example', clientId: 'console' })).toEqual({
    issuer: 'https://issuer.example',
    clientId: 'console',
    scope: 'openid email',
  });
});

it('reads explicit endpoints, and the origin of the API', () => {
  const configuration = {
    issuer: 'https://issuer.example',
    clientId: 'console',
    scope: 'openid',
    endpoints: { authorize: 'https://issuer.example/authorize', token: 'https://issuer.example/token' },
    apiUrl: 'https://api.example',
  };
  expect(parseConfiguration(configuration)).toEqual(configuration);
});

it.each([undefined, {}, { issuer: 'https://issuer.example' }])('names what %j lacks', (value) => {
  expect(() => parseConfiguration(value)).toThrow('issuer and clientId');
});

it('refuses endpoints without a token endpoint', () => {
  const endpoints = { authorize: 'https://issuer.example/authorize' };
  expect(() => parseConfiguration({ issuer: 'i', clientId: 'c', endpoints })).toThrow('authorize and token');
});
