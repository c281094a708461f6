import { describe, expect, it } from '@jest/globals';
import { reportOf } from './report.ts';

const refused = (iccid: string, code: 'wrong_state' | 'not_assigned') => ({
  iccid,
  problem: { code, detail: `${iccid}: ${code}` },
});
const within = (iccid: string, until: string) => ({ iccid, warnings: [{ code: 'within_term' as const, until }] });

describe('the report of a dry run', () => {
  it('counts the reasons, the most frequent first', () => {
    const results = [refused('1', 'wrong_state'), refused('2', 'not_assigned'), refused('3', 'not_assigned')];
    expect(reportOf({ eligible: 4, unchanged: 0, ineligible: 3 }, results)).toMatchObject({
      changing: 4,
      ineligible: 3,
      refusals: [
        { code: 'not_assigned', count: 2 },
        { code: 'wrong_state', count: 1, examples: [{ iccid: '1', detail: '1: wrong_state' }] },
      ],
    });
  });

  it('does not count SIMs that are already as requested among those that change', () => {
    const results = ['1', '2', '3'].map((iccid) => ({ iccid }));
    expect(reportOf({ eligible: 3, unchanged: 2, ineligible: 0 }, results)).toMatchObject({
      changing: 1,
      unchanged: 2,
    });
  });

  it('names a few SIMs of each reason', () => {
    const results = Array.from({ length: 50 }, (_, index) => refused(String(index), 'wrong_state'));
    const [refusal] = reportOf({ eligible: 0, unchanged: 0, ineligible: 50 }, results).refusals;
    expect(refusal).toMatchObject({ count: 50 });
    expect(refusal?.examples.map(({ iccid }) => iccid)).toEqual(['0', '1', '2', '3', '4']);
  });

  it('warns of minimum terms that the action ends early, except where it is not possible', () => {
    const impossible = { ...refused('3', 'wrong_state'), ...within('3', '2029-01-01') };
    const results = [within('1', '2027-03-01'), within('2', '2026-12-31'), impossible, { iccid: '4' }];
    expect(reportOf({ eligible: 3, unchanged: 0, ineligible: 1 }, results).withinTerm).toEqual({
      count: 2,
      until: '2027-03-01',
    });
    expect(reportOf({ eligible: 1, unchanged: 0, ineligible: 0 }, [{ iccid: '4' }]).withinTerm).toBeUndefined();
  });
});
