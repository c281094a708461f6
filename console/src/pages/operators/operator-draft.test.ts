import { describe, expect, it } from '@jest/globals';
import { emptyOperator, toOperatorDraft, toOperatorSettings, withoutProduct } from './operator-draft.ts';
import type { Operator } from './queries.ts';

const operator: Operator = {
  id: 'alpine',
  name: 'Alpine Mobile',
  country: 'AT',
  calendar: 'AT',
  closedDays: ['2026-12-24', '2026-12-31'],
  orderMultiple: 20,
  leadTimeWorkingDays: { min: 2, max: 4 },
  products: [
    { id: 'triple', name: 'Triple-cut SIM', formFactor: 'triple', default: false },
    { id: 'chip', name: 'Embedded SIM', formFactor: 'MFF2', default: true },
  ],
  iccid: { checkDigit: 'required' },
  ordering: 'manual',
  connectivity: 'api',
  usage: 'api',
  platform: { kind: 'control-center', requestsPerMinute: 300, batchSize: 1 },
  onDifference: 'enforce',
  testStatus: { limitBytes: 100_000 },
};

describe('the form of an operator', () => {
  it('keeps everything when nothing is changed', () => {
    const { closedDays: _closedDays, platform: _platform, testStatus: _testStatus, ...required } = operator;
    for (const { id, ...settings } of [operator, required]) {
      expect(toOperatorSettings(toOperatorDraft({ id, ...settings }))).toEqual(settings);
    }
  });

  it('removes optional settings whose fields are emptied', () => {
    const draft = toOperatorDraft(operator);
    const settings = toOperatorSettings({ ...draft, closedDays: ' ', platformKind: 'none', testLimit: '' });
    expect(settings).not.toHaveProperty('closedDays');
    expect(settings).not.toHaveProperty('platform');
    expect(settings).not.toHaveProperty('testStatus');
  });

  it('is incomplete while a number is missing or is none', () => {
    expect(toOperatorSettings(emptyOperator)).toBeDefined();
    expect(toOperatorSettings({ ...emptyOperator, orderMultiple: '' })).toBeUndefined();
    expect(toOperatorSettings({ ...emptyOperator, batchSize: 'many' })).toBeUndefined();
  });

  it('has one default product, also after a product is removed', () => {
    const draft = toOperatorDraft(operator);
    expect(draft.defaultProduct).toBe(1);
    for (const index of [0, 1]) {
      const products = toOperatorSettings(withoutProduct(draft, index))?.products;
      expect(products?.map((product) => product.default)).toEqual([true]);
    }
  });
});
