import { expect, test } from '@jest/globals';
import { cardAt, findPlace } from '../../sandbox/cards.ts';
import { networkOf } from '../../sandbox/networks.ts';

/** Operators that tests, the demo and the tools add at run time. */
const added = ['accel', 'control', 'fifth', 'sixth', 'limited', 'paper', 'portal', 'totals', 'northern', 'southern'];
const ofKinds = ['with-fulfilment', 'with-accelerator', 'with-control-center'];

test('operators that are added at run time issue different ICCIDs', () => {
  const operatorIds = [...added, ...ofKinds];
  expect(new Set(operatorIds.map((id) => networkOf(id).issuerPrefix)).size).toBe(operatorIds.length);
  const { iccid, imsi } = cardAt('portal', { block: 42, place: 7 });
  expect(iccid).toMatch(/^89883\d{15}$/);
  expect(imsi).toMatch(/^901\d{12}$/);
  expect(findPlace('portal', iccid)).toEqual({ block: 42, place: 7 });
  expect(findPlace('totals', iccid)).toBeUndefined();
});
