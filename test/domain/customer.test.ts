import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deletionOf, matchesCustomerFilter, servicesInUseDetail, shortNameOf } from '../../domain/customer.ts';
import { asId } from '../../domain/ids.ts';
import { defaultServiceName, holdingServiceId } from '../../domain/service.ts';
import type { SimState } from '../../domain/sim.ts';
import { line } from '../../domain/text.ts';
import { aCustomer, aTariff } from './builders.ts';

describe('the default short name of a customer', () => {
  test.each([
    ['Meadow Farms Ltd', 'Meadow Farms'],
    ['Meadow Farms Limited', 'Meadow Farms'],
    ['Bäckerei Müller GmbH', 'Bäckerei Müller'],
    ['Émile & Fils', 'Émile & Fils'],
    ['Société Générale SA', 'Société Générale'],
    ['Harbour Freight, Inc.', 'Harbour Freight'],
    ['ACME', 'ACME'],
    ['  ACME  ', 'ACME'],
    ['Limitless Power', 'Limitless Power'],
    ['Saga plc', 'Saga'],
    ['3M', '3M'],
    ['Greater Manchester Fire and Rescue', 'Greater Manchester'],
    ['Exactly Twenty Chars', 'Exactly Twenty Chars'],
    ['Exactly Twenty Chars and more', 'Exactly Twenty Chars'],
    ['Donaudampfschifffahrtsgesellschaft Wien', 'Donaudampfschifffahr'],
    ['東京電力', '東京電力'],
    ['SAS Institute', 'SAS Institute'],
    ['AG Barr plc', 'AG Barr'],
    ["O'Neill Logistics Ltd", "O'Neill Logistics"],
    ['D’Angelo S.p.A.', 'D’Angelo'],
    ['Moulins d’Or S.A.', 'Moulins d’Or'],
    ['Müller GmbH & Co. KG', 'Müller'],
    ['Acme Ltd (UK)', 'Acme UK'],
    ['Trailing’ quotes', 'Trailing quotes'],
    // Combining marks belong to their letters, in every script that has them.
    ['हिन्दी ऊर्जा', 'हिन्दी ऊर्जा'],
    ['தமிழ் மின்சாரம்', 'தமிழ் மின்சாரம்'],
    ['พลังงานไทย', 'พลังงานไทย'],
    ['חַשְׁמַל', 'חַשְׁמַל'],
    ['كَهْرُبَاء', 'كَهْرُبَاء'],
    ['বাংলা শক্তি', 'বাংলা শক্তি'],
    // Spelt with a zero-width non-joiner.
    ['می\u200cخواهم', 'می\u200cخواهم'],
  ])('of %j is %j', (name, shortName) => {
    expect(shortNameOf(name)).toBe(shortName);
  });

  test.each(['Ltd', 'AG', '!!!', '…'])('of %j, which cannot be shortened, is the name itself', (name) => {
    expect(shortNameOf(name)).toBe(name);
  });

  test('is the same for the same name, however its accents are written', () => {
    expect(shortNameOf('Café'.normalize('NFD'))).toBe('Café'.normalize('NFC'));
  });

  // Letters of the first plane, as nearly every name has them.
  const names = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom(' ', 'Ltd', '-', '&'),
        fc.integer({ min: 0x20, max: 0x24f }).map((code) => String.fromCodePoint(code)),
      ),
      maxLength: 60,
    })
    .filter((name) => line(100).safeParse(name).success);

  test('has 1 to 20 characters', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(shortNameOf(name).length).toBeGreaterThanOrEqual(1);
        expect(shortNameOf(name).length).toBeLessThanOrEqual(20);
      }),
    );
  });

  test('consists of words of the name, from its start', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{3,8}x$/), { minLength: 1, maxLength: 8 }), (words) => {
        const short = shortNameOf(words.join(' ')).split(' ');
        expect(words.slice(0, short.length)).toEqual(short);
      }),
    );
  });

  test('is a valid short name, whatever the letters of the name', () => {
    const name = `!${'😀'.repeat(12)}`;
    expect(line(100).safeParse(name).success).toBe(true);
    expect(line(30).safeParse(shortNameOf(name)).error).toBeUndefined();
  });

  test('is never cut inside a character that is made of several', () => {
    const consonant = 'क्षि';
    expect(shortNameOf(consonant.repeat(9))).toBe(consonant.repeat(5));
    const family = '👩\u200d👩\u200d👧';
    expect(shortNameOf(family.repeat(4))).toBe(family.repeat(2));
  });

  test('keeps letters that happen to follow an accent', () => {
    expect(shortNameOf('Malmöab')).toBe('Malmöab');
  });
});

describe('the default name of a service', () => {
  test('is the customer’s short name and the tariff’s name', () => {
    const customer = aCustomer({ shortName: 'Meadow Farms' });
    expect(defaultServiceName(customer, aTariff({ name: 'Everywhere 1 GB' }))).toBe('Meadow Farms – Everywhere 1 GB');
  });
});

describe('the holding service', () => {
  test('is one per operator', () => {
    expect(holdingServiceId(asId('operator', 'a1'))).toBe('psv_holding_a1');
    expect(holdingServiceId(asId('operator', '3uk'))).not.toBe(holdingServiceId(asId('operator', '3ireland')));
  });
});

describe('a customer whose services have SIMs', () => {
  test.each<[number, [SimState, number][], boolean, RegExp]>([
    [0, [], true, /^An operation is assigning SIMs/],
    [1, [['assigned', 1]], true, /still have 1 SIM \(1 assigned\)\./],
    [
      39,
      [
        ['active', 37],
        ['suspended', 2],
      ],
      true,
      /still have 39 SIMs \(37 active, 2 suspended\)\./,
    ],
    // The index of the states lags behind.
    [2, [], true, /still have 2 SIMs\. Unassign/],
    [90_000, [['active', 48_000]], false, /still have 90000 SIMs \(at least 48000 active\)\./],
  ])('is refused to be deleted with the reason: %i SIMs, %j', (sims, counts, isComplete, detail) => {
    expect(servicesInUseDetail(sims, new Map(counts), isComplete)).toMatch(detail);
  });
});

describe('a list of customers', () => {
  const customer = aCustomer({ name: 'Meadow Farms Ltd', tags: ['north', 'Water'] });

  test.each<[object, boolean]>([
    [{}, true],
    [{ q: 'FARMS' }, true],
    [{ q: 'forest' }, false],
    [{ tag: 'north' }, true],
    [{ tag: 'water' }, true],
    [{ tag: 'nor' }, false],
    [{ q: 'meadow', tag: 'Water' }, true],
    [{ q: 'forest', tag: 'Water' }, false],
  ])('with the filter %j has the customer: %s', (filter, isListed) => {
    expect(matchesCustomerFilter(customer, filter)).toBe(isListed);
  });
});

test('the event of a deletion has the id and the name alone', () => {
  const contact = { name: 'Ada', email: 'ada@meadow.example' };
  const { id, name } = aCustomer();
  expect(deletionOf(aCustomer({ contact, contacts: [contact] }), '2026-11-05T14:12:07.512Z')).toEqual({
    type: 'customer.deleted',
    at: '2026-11-05T14:12:07.512Z',
    customerId: id,
    name,
  });
});
