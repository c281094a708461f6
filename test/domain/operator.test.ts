import { describe, expect, test } from '@jest/globals';
import { isOperatorId, operatorIds, operators } from '../../domain/operator.ts';

describe('the operators', () => {
  test.each(operatorIds)('%s is known by its id', (id) => {
    expect(isOperatorId(id)).toBe(true);
    expect(operators[id].id).toBe(id);
  });

  test.each(['', '3UK', 'vodafone', 'constructor'])('%j is none', (text) => {
    expect(isOperatorId(text)).toBe(false);
  });

  test('sell SIMs in multiples of 50, A1 of 20', () => {
    expect(operatorIds.map((id) => operators[id].orderMultiple)).toEqual([50, 50, 50, 20]);
  });

  test('deliver within 3 to 5 working days', () => {
    for (const id of operatorIds) {
      expect(operators[id].leadTimeWorkingDays).toEqual({ min: 3, max: 5 });
    }
  });
});
