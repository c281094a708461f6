import { describe, expect, test } from '@jest/globals';
import { StageError } from '../../infra/stage-error.ts';
import { stageFrom, stageNames } from '../../infra/stages.ts';

const stage = (context: Record<string, unknown>) => stageFrom((key) => context[key], { forLocalCloud: true });
const tokens = { issuer: 'https://login.partner-connect.net', audience: 'sim-fulfilment' };

describe('a stage', () => {
  test('is dev when the context names none, and can then be synthesised without any context', () => {
    expect(stage({})).toMatchObject({ name: 'dev', keepsData: false });
  });

  test.each(stageNames)('%s has its own users, unless another issuer is named', (name) => {
    expect(stage({ stage: name }).externalTokens).toBeUndefined();
    expect(stage({ stage: name, ...tokens }).externalTokens).toEqual({
      issuer: tokens.issuer,
      audiences: [tokens.audience],
    });
  });

  test('with an issuer and no audience, or the other way, is refused', () => {
    expect(() => stage({ issuer: tokens.issuer })).toThrow(StageError);
    expect(() => stage({ audience: tokens.audience })).toThrow('-c issuer=... -c audience=...');
  });

  test('that does not exist is refused with the list of stages', () => {
    expect(() => stage({ stage: 'prod' })).toThrow('dev|staging|production');
  });

  test('local is refused outside the local cloud', () => {
    expect(() => stageFrom((key) => (key === 'stage' ? 'local' : undefined))).toThrow(
      /cannot be deployed.*dev\|staging\|production/,
    );
    expect(stage({ stage: 'local' }).name).toBe('local');
  });

  test('that keeps data is protected, except with protect=false', () => {
    expect(stage({ stage: 'production' }).isProtected).toBe(true);
    expect(stage({ stage: 'production', protect: 'false' })).toMatchObject({ isProtected: false, keepsData: true });
    expect(stage({ stage: 'staging' }).isProtected).toBe(false);
  });

  test('allows pages of the given origins to call the API, and no others', () => {
    expect(stage({}).corsOrigins).toEqual([]);
    expect(stage({ corsOrigins: 'https://console.example.net, http://localhost:5173' }).corsOrigins).toEqual([
      'https://console.example.net',
      'http://localhost:5173',
    ]);
  });

  test.each(['*', 'https://*.example.net', 'http://example.net', 'example.net', 'https://example.net/app', 'null'])(
    'refuses %s as an origin',
    (corsOrigins) => {
      expect(() => stage({ corsOrigins })).toThrow('Give full origins');
    },
  );

  test('links invitations to the address of its console, if that is a page', () => {
    expect(stage({})).not.toHaveProperty('consoleUrl');
    expect(stage({ consoleUrl: 'https://console.example.net/app' })).toMatchObject({
      consoleUrl: 'https://console.example.net/app',
    });
    for (const consoleUrl of ['console.example.net', 'http://console.example.net', 'javascript:alert(1)']) {
      expect(() => stage({ consoleUrl })).toThrow('is not the address of a page');
    }
  });

  test('requires a second factor in production, and elsewhere on request', () => {
    expect(stageNames.map((name) => stage({ stage: name }).secondFactor)).toEqual([
      'optional',
      'optional',
      'optional',
      'required',
    ]);
    expect(stage({ stage: 'staging', secondFactor: 'required' }).secondFactor).toBe('required');
    expect(() => stage({ stage: 'production', secondFactor: 'optional' })).toThrow('can only be added');
  });

  const identityArn = 'arn:aws:ses:eu-west-1:123456789012:identity/example.net';

  test('sends e-mails through SES when it is given an address and its identity', () => {
    expect(stage({})).not.toHaveProperty('email');
    expect(stage({ emailFrom: 'sims@example.net', emailIdentityArn: identityArn }).email).toEqual({
      from: 'sims@example.net',
      identityArn,
    });
  });

  test.each([
    ['no identity', { emailFrom: 'sims@example.net' }],
    ['no address', { emailIdentityArn: identityArn }],
    ['an invalid address', { emailFrom: 'sims', emailIdentityArn: identityArn }],
    ['an invalid ARN', { emailFrom: 'sims@example.net', emailIdentityArn: 'example.net' }],
  ])('refuses %s for its e-mails', (_, given) => {
    expect(() => stage(given)).toThrow('Give both');
  });

  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d';

  test('serves the console, except on the local cloud, which does so itself', () => {
    expect(stage({ stage: 'local' })).not.toHaveProperty('console');
    expect(stage({ consoleUrl: 'https://d111111abcdef8.cloudfront.net' }).console).toEqual({});
    const consoleUrl = 'https://console.example.net';
    expect(stage({ consoleUrl, consoleCertificateArn: certificateArn })).toMatchObject({
      consoleUrl,
      console: { domain: { name: 'console.example.net', certificateArn } },
    });
  });

  test('with another issuer serves the console if it names the client there', () => {
    expect(stage(tokens)).not.toHaveProperty('console');
    expect(stage({ ...tokens, consoleClientId: 'console' }).console).toEqual({
      client: { id: 'console', scope: 'openid email' },
    });
    expect(stage({ ...tokens, consoleClientId: 'console', consoleScope: 'openid api' }).console).toEqual({
      client: { id: 'console', scope: 'openid api' },
    });
  });

  test.each([
    ['a certificate without an address', { consoleCertificateArn: certificateArn }, '-c consoleUrl='],
    [
      'a certificate for a path',
      { consoleUrl: 'https://example.net/console', consoleCertificateArn: certificateArn },
      'without a port and a path',
    ],
    [
      'a certificate of another region',
      {
        consoleUrl: 'https://console.example.net',
        consoleCertificateArn: certificateArn.replace('us-east-1', 'eu-west-1'),
      },
      'not a certificate in us-east-1',
    ],
    ['a client of another issuer without the issuer', { consoleClientId: 'console' }, '-c issuer='],
    ['scopes without the client at another issuer', { ...tokens, consoleScope: 'openid' }, '-c consoleClientId='],
  ])('refuses %s for the console', (_, given, message) => {
    expect(() => stage(given)).toThrow(StageError);
    expect(() => stage(given)).toThrow(message);
  });

  test('has a budget in production, which can be changed or replaced with a monitor of anomalies', () => {
    expect(stage({}).costs).toBeUndefined();
    expect(stage({ monthlyBudget: '50' }).costs).toEqual({ kind: 'budget', monthlyDollars: 50 });
    expect(stage({ stage: 'production' }).costs).toEqual({ kind: 'budget', monthlyDollars: 200 });
    expect(stage({ stage: 'production', costAnomalies: 'true' }).costs).toEqual({ kind: 'anomalies' });
    expect(() => stage({ monthlyBudget: '1.5k' })).toThrow('whole US dollars');
    expect(() => stage({ monthlyBudget: '50', costAnomalies: 'true' })).toThrow('not both');
  });

  test('is bound to its account and region, if given', () => {
    expect(stage({})).not.toHaveProperty('environment');
    const accounts = { stagingAccount: '222222222222', stagingRegion: 'eu-west-1' };
    expect(stage({ stage: 'staging', ...accounts }).environment).toEqual({
      account: '222222222222',
      region: 'eu-west-1',
    });
    expect(stage({ stage: 'production', ...accounts })).not.toHaveProperty('environment');
    expect(() => stage({ stage: 'staging', stagingAccount: '222222222222' })).toThrow('Give both');
    expect(() => stage({ stage: 'staging', stagingAccount: '2222', stagingRegion: 'eu-west-1' })).toThrow('12 digits');
  });

  test('reserves concurrency only on stages whose account has enough: a new account has 10', () => {
    expect(stage({}).concurrency).toEqual({ shards: 4 });
    expect(stage({ stage: 'staging' }).concurrency).toEqual({ shards: 16, sandbox: 20 });
  });

  test('notifies an address of alarms by e-mail, if it is set', () => {
    expect(stage({ alarmEmail: 'oncall@wholesaler.example' }).alarmEmail).toBe('oncall@wholesaler.example');
    expect(stage({ alarmEmail: '' })).not.toHaveProperty('alarmEmail');
  });

  test('keeps its data only in production', () => {
    expect(stageNames.filter((name) => stage({ stage: name, ...tokens }).keepsData)).toEqual(['production']);
  });

  test('deploys gradually in production by default, and otherwise as configured', () => {
    const ways = stageNames.map((name) => [name, stage({ stage: name }).rollout]);
    expect(Object.fromEntries(ways)).toEqual({
      local: 'in place',
      dev: 'in place',
      staging: 'at once',
      production: 'canary',
    });
    expect(stage({ stage: 'production', rollout: 'at once' }).rollout).toBe('at once');
    expect(() => stage({ rollout: 'some day' })).toThrow('in place, at once, canary');
  });
});
