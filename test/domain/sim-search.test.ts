import { describe, expect, test } from '@jest/globals';
import type { SimFilter } from '../../domain/operation.ts';
import type { Sim } from '../../domain/sim.ts';
import { comparableNumber, matchesFilter, matchesTerm, searchTerms } from '../../domain/sim-search.ts';
import { aSim } from './builders.ts';

const sim: Sim = {
  ...aSim().active(),
  imsi: '234200000000017',
  msisdn: '+447700900123',
  imei: '356938035643809',
  label: 'Zähler 17',
  tags: ['North', 'Row 1'],
};

describe('a search text', () => {
  test.each<[string, string[]]>([
    ['1', ['iccidStart', 'tag', 'label']],
    ['1234', ['iccidStart', 'iccidEnds', 'tag', 'label']],
    ['1234567', ['iccidStart', 'msisdn', 'iccidEnds', 'tag', 'label']],
    ['12345678', ['iccidStart', 'msisdn', 'iccidEnds', 'tag', 'label']],
    ['123456789', ['iccidStart', 'msisdn', 'tag', 'label']],
    ['12345678901234', ['iccidStart', 'imsi', 'msisdn', 'imei', 'tag', 'label']],
    ['1234567890123456', ['iccidStart', 'imei', 'tag', 'label']],
    ['8944200000000000017', ['iccidStart', 'tag', 'label']],
    ['8944 2000 0000 0000 017', ['iccidStart', 'tag', 'label']],
    ['123456789012345678901', ['tag', 'label']],
    ['+44 7700-900123', ['msisdn', 'tag', 'label']],
    ['00447700900123', ['iccidStart', 'imsi', 'msisdn', 'imei', 'tag', 'label']],
    ['meter 17', ['tag', 'label']],
  ])('%j is looked for as %j', (q, kinds) => {
    expect(searchTerms(q).map(({ kind }) => kind)).toEqual(kinds);
  });

  test.each([
    sim.iccid,
    sim.iccid.slice(0, 1),
    sim.iccid.slice(-4),
    sim.iccid.slice(-8),
    '234200000000017',
    '+447700900123',
    '447700900123',
    '00447700900123',
    '+44 7700 900 123',
    '356938035643809',
    '35693803564380',
    '3569380356438012',
    'ZÄHLER',
    'zähler 17',
    'north',
    'ROW 1',
  ])('%j finds the SIM', (q) => {
    expect(matchesFilter(sim, { q })).toBe(true);
    expect(searchTerms(q).some((term) => matchesTerm(sim, term))).toBe(true);
  });

  test.each([
    sim.iccid.slice(1),
    sim.iccid.slice(-3),
    sim.iccid.slice(-9),
    '23420000000001',
    '7700900123',
    '35693803564381',
    'ähler',
    'nort',
    'row',
  ])('%j does not find it', (q) => {
    expect(matchesFilter(sim, { q })).toBe(false);
  });
});

describe('a filter', () => {
  const all: SimFilter = {
    imsi: '234200000000017',
    msisdn: '447700900123',
    imei: '35693803564380',
    tag: 'NORTH',
    iccidEnds: sim.iccid.slice(-5),
    state: 'active',
    q: 'zä',
  };

  test('matches a SIM that has all of it', () => {
    expect(matchesFilter(sim, all)).toBe(true);
    expect(matchesFilter(sim, {})).toBe(true);
  });

  test.each<SimFilter>([
    { imsi: '234200000000018' },
    { msisdn: '+447700900124' },
    { imei: '35693803564381' },
    { tag: 'South' },
    { iccidEnds: '99999' },
    { state: 'suspended' },
    { q: 'b' },
  ])('does not match one that differs in %j', (other) => {
    expect(matchesFilter(sim, { ...all, ...other })).toBe(false);
  });

  test('does not match a SIM without the number or label', () => {
    const { imsi: _imsi, msisdn: _msisdn, imei: _imei, label: _label, ...bare } = sim;
    for (const filter of [{ imsi: all.imsi }, { msisdn: all.msisdn }, { imei: all.imei }, { q: 'z' }]) {
      expect(matchesFilter(bare, filter)).toBe(false);
    }
  });
});

test('phone numbers are compared without separators, IMEIs without check digit and version', () => {
  expect(comparableNumber('msisdn', '+44 (7700) 900-123')).toBe('447700900123');
  expect(comparableNumber('imei', '3569380356438012')).toBe('35693803564380');
  expect(comparableNumber('imsi', '234200000000017')).toBe('234200000000017');
});
