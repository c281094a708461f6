import { describe, expect, it } from '@jest/globals';
import { isAlarmComplete, newAlarmDraft, thresholdIn, toAlarmDraft, toNewAlarm, withScopeKind } from './alarm-draft.ts';

describe('a threshold', () => {
  it('is a percentage, or a volume in decimal units', () => {
    expect(thresholdIn({ amount: '80', unit: 'percent' })).toEqual({ percent: 80 });
    expect(thresholdIn({ amount: ' 1,5 ', unit: 'GB' })).toEqual({ bytes: 1_500_000_000 });
    expect(thresholdIn({ amount: '250', unit: 'MB' })).toEqual({ bytes: 250_000_000 });
  });

  it('is a number above 0', () => {
    for (const amount of ['', ' ', '0', '-1', 'many', 'Infinity']) {
      expect(thresholdIn({ amount, unit: 'MB' })).toBeUndefined();
    }
  });

  it('is shown as it was typed', () => {
    const alarm = { name: 'A', scope: { iccid: '89' }, measure: 'sim', action: 'notify' } as const;
    expect(toAlarmDraft({ ...alarm, threshold: { bytes: 2e9 } })).toMatchObject({ amount: '2', unit: 'GB' });
    expect(toAlarmDraft({ ...alarm, threshold: { bytes: 1.5e9 } })).toMatchObject({ amount: '1500', unit: 'MB' });
    expect(toAlarmDraft({ ...alarm, threshold: { percent: 99.5 } })).toMatchObject({ amount: '99.5', unit: 'percent' });
  });
});

describe('a scope', () => {
  it('is one of the three', () => {
    const draft = { ...newAlarmDraft, name: 'A', subject: ' x ' };
    expect(toNewAlarm(draft).scope).toEqual({ customerServiceId: 'x' });
    expect(toNewAlarm({ ...draft, scopeKind: 'partnerService' }).scope).toEqual({ partnerServiceId: 'x' });
    expect(toNewAlarm({ ...draft, scopeKind: 'sim' }).scope).toEqual({ iccid: 'x' });
  });

  it('of a single SIM has no pool, and another kind of scope needs another choice', () => {
    const pool = { ...newAlarmDraft, subject: 'csv_1', measure: 'pool' } as const;
    expect(withScopeKind(pool, 'sim')).toMatchObject({ measure: 'sim', subject: '' });
    expect(withScopeKind(pool, 'partnerService')).toMatchObject({ measure: 'pool', subject: '' });
  });
});

it('is complete with a name, a scope and a threshold', () => {
  const draft = { ...newAlarmDraft, name: 'A', subject: 'csv_1' };
  expect(isAlarmComplete(draft)).toBe(true);
  expect(isAlarmComplete({ ...draft, name: ' ' })).toBe(false);
  expect(isAlarmComplete({ ...draft, subject: '' })).toBe(false);
  expect(isAlarmComplete({ ...draft, amount: '0' })).toBe(false);
});
