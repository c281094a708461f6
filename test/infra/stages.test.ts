import { describe, expect, test } from '@jest/globals';
import { StageError, stageFrom, stageNames } from '../../infra/stages.ts';

const stage = (context: Record<string, unknown>) => stageFrom((key) => context[key], { forLocalCloud: true });
const tokens = { issuer: 'https://login.partner-connect.net', audience: 'sim-fulfilment' };

describe('a stage', () => {
  test('is dev when the context names none, and can then be synthesised without any context', () => {
    expect(stage({})).toMatchObject({ name: 'dev', keepsData: false });
  });

  test.each(stageNames)('%s has its own users, unless another issuer is named', (name) => {
    expect(stage({ stage: name }).externalTokens).toBeUndefined();
    expect(stage({ stage: name, ...tokens }).externalTokens).toEqual(tokens);
  });

  test('with an issuer and no audience, or the other way, is refused', () => {
    expect(() => stage({ issuer: tokens.issuer })).toThrow(StageError);
    expect(() => stage({ audience: tokens.audience })).toThrow('-c issuer=... -c audience=...');
  });

  test('that does not exist is refused with those that do', () => {
    expect(() => stage({ stage: 'prod' })).toThrow('dev|staging|production');
  });

  test('local is refused but for the local cloud', () => {
    expect(() => stageFrom((key) => (key === 'stage' ? 'local' : undefined))).toThrow(
      /cannot be deployed.*dev\|staging\|production/,
    );
    expect(stage({ stage: 'local' }).name).toBe('local');
  });

  test('that keeps data is protected, but for a first deployment or to take it down', () => {
    expect(stage({ stage: 'production' }).isProtected).toBe(true);
    expect(stage({ stage: 'production', protect: 'false' })).toMatchObject({ isProtected: false, keepsData: true });
    expect(stage({ stage: 'staging' }).isProtected).toBe(false);
  });

  test('names who is told of alarms by e-mail, when it is given an address', () => {
    expect(stage({ alarmEmail: 'oncall@wholesaler.example' }).alarmEmail).toBe('oncall@wholesaler.example');
    expect(stage({ alarmEmail: '' })).not.toHaveProperty('alarmEmail');
  });

  test('keeps its data in production and nowhere else', () => {
    expect(stageNames.filter((name) => stage({ stage: name, ...tokens }).keepsData)).toEqual(['production']);
  });

  test('takes over gradually in production, and as it says otherwise when it is told to', () => {
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
