import { describe, expect, test } from '@jest/globals';
import { StageError, stageFrom, stageNames } from '../../infra/stages.ts';

const stage = (context: Record<string, unknown>) => stageFrom((key) => context[key]);
const tokens = { issuer: 'https://login.partner-connect.net', audience: 'sim-fulfilment' };

describe('a stage', () => {
  test('is dev when the context names none, and can then be synthesised without any context', () => {
    expect(stage({})).toMatchObject({ name: 'dev', keepsData: false });
  });

  test('on the local cloud takes the tokens of the local issuer', () => {
    expect(stage({ stage: 'local' })).toMatchObject({
      issuer: 'http://local.sim-fulfilment.test',
      audience: 'sim-fulfilment',
    });
  });

  test.each(['staging', 'production'])('%s needs a real issuer and audience, and says so', (name) => {
    expect(() => stage({ stage: name })).toThrow(StageError);
    expect(() => stage({ stage: name })).toThrow(`Stage "${name}" needs its issuer`);
    expect(() => stage({ stage: name, issuer: tokens.issuer })).toThrow('-c audience=...');
    expect(stage({ stage: name, ...tokens })).toMatchObject({ name, ...tokens });
  });

  test('that does not exist is refused with those that do', () => {
    expect(() => stage({ stage: 'prod' })).toThrow(stageNames.join('|'));
  });

  test('names who is told of alarms by e-mail, when it is given an address', () => {
    expect(stage({ alarmEmail: 'oncall@wholesaler.example' }).alarmEmail).toBe('oncall@wholesaler.example');
    expect(stage({ alarmEmail: '' })).not.toHaveProperty('alarmEmail');
  });

  test('keeps its data in production and nowhere else', () => {
    expect(stageNames.filter((name) => stage({ stage: name, ...tokens }).keepsData)).toEqual(['production']);
  });
});
