import { describe, expect, test } from '@jest/globals';
import {
  isOperatorId,
  type OperatorSettings,
  operatorSettingsSchema,
  operatorSettingsViolations,
  seedOperators,
} from '../../domain/operator.ts';
import { usageReportOf } from '../../domain/operator-capabilities.ts';
import { anOperator, operatorIds } from './builders.ts';

describe('the operators of a new deployment', () => {
  test('are those of the guide', () => {
    expect(operatorIds).toEqual(['3uk', '3ireland', 'orange', 'a1']);
  });

  test('sell SIMs in multiples of 50, A1 of 20', () => {
    expect(seedOperators.map(({ orderMultiple }) => orderMultiple)).toEqual([50, 50, 50, 20]);
  });

  test('deliver within 3 to 5 working days', () => {
    for (const { leadTimeWorkingDays } of seedOperators) {
      expect(leadTimeWorkingDays).toEqual({ min: 3, max: 5 });
    }
  });

  test.each(seedOperators)('$id has settings that agree with each other', ({ id, ...settings }) => {
    expect(operatorSettingsSchema.parse(settings)).toEqual(settings);
    expect(operatorSettingsViolations(settings)).toEqual([]);
    expect(isOperatorId(id)).toBe(true);
  });
});

describe('the id of an operator', () => {
  test.each(['a1', 'vodafone', '3-uk', 'x'.repeat(20)])('can be %j', (text) => {
    expect(isOperatorId(text)).toBe(true);
  });

  test.each(['', 'x', '3UK', '-uk', 'uk-', 'u k', 'u#k', '__proto__', 'x'.repeat(21)])('cannot be %j', (text) => {
    expect(isOperatorId(text)).toBe(false);
  });
});

describe('the settings of an operator', () => {
  const { id: _id, ...valid } = anOperator('3uk');
  const product = { id: 'nano', name: 'Nano SIM', formFactor: '4FF', default: false } as const;

  test.each<[string, Partial<OperatorSettings>, string]>([
    ['a country that does not exist', { country: 'UK' }, '/country unknown_country'],
    [
      'a lead time that ends before it begins',
      { leadTimeWorkingDays: { min: 6, max: 5 } },
      '/leadTimeWorkingDays/min maximum',
    ],
    ['two products with one id', { products: [...valid.products, product, product] }, '/products/2/id duplicate'],
    ['no default product', { products: [product] }, '/products one_default'],
    ['two default products', { products: [...valid.products, { ...product, default: true }] }, '/products one_default'],
    ['an API without a platform', { platform: undefined }, '/platform required'],
    [
      'orders over a platform that takes none',
      { platform: { kind: 'control-center' }, usage: 'file' },
      '/ordering not_supported',
    ],
  ])('cannot have %s', (_name, own, violation) => {
    const violations = operatorSettingsViolations({ ...valid, ...own });
    expect(violations.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([violation]);
  });

  test.each<[Partial<OperatorSettings>, string]>([
    [{}, 'records'],
    [{ platform: undefined }, 'records'],
    [{ usage: 'file' }, 'files'],
    [{ platform: { kind: 'iot-accelerator' } }, 'records'],
    [{ platform: { kind: 'control-center' } }, 'totals'],
    [{ platform: { kind: 'control-center' }, usage: 'file' }, 'files'],
  ])('with %j have usage that arrives as %s', (own, report) => {
    expect(usageReportOf({ ...valid, ...own })).toBe(report);
  });

  test('can have orders, changes and usage by hand', () => {
    expect(
      operatorSettingsViolations({
        ...valid,
        ordering: 'manual',
        connectivity: 'manual',
        usage: 'file',
        platform: undefined,
      }),
    ).toEqual([]);
  });
});
