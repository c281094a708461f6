import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { activated, suspended, terminated, unassigned, withChange } from '../../domain/changed-sim.ts';
import { asId } from '../../domain/ids.ts';
import { plusMonths, termEndsOf, termEndsOn, termStartOf, termWarnings } from '../../domain/minimum-term.ts';
import type { Sim } from '../../domain/sim.ts';
import { decide } from '../../domain/sim-actions.ts';
import { aCustomerService, aPartnerService, aSim, aTariff } from './builders.ts';

const JANUARY = '2026-01-31T09:00:00.000Z';
const MARCH = '2026-03-15T23:59:59.999Z';
const MAY = '2026-05-01T00:00:00.000Z';

const starts = (sim: Sim) => [termStartOf(sim, 'partner'), termStartOf(sim, 'customer')];
const activeSince = (at: string) => activated(withChange(aSim().assigned(), at, { state: 'activating' }), at);

/** The SIM after a decision, which must be a change. */
function after(decision: ReturnType<typeof decide>): Sim {
  if (decision.kind !== 'change') {
    throw new Error(`The decision is ${JSON.stringify(decision)}`);
  }
  return decision.sim;
}

const migrated = (sim: Sim, at: string) => {
  const service = aPartnerService({ id: 'psv_another' });
  const request = { action: 'migrate', partnerServiceId: service.id, partnerService: { service, tariff: aTariff() } };
  return after(decide(sim, { ...request, action: 'migrate' }, at));
};

const assignedTo = (sim: Sim, id: string, at: string) => {
  const customerId = asId('customer', sim.customerId ?? aCustomerService().customerId);
  const service = aCustomerService({ id: asId('customerService', id), customerId });
  return after(
    decide(
      sim,
      {
        action: 'assign',
        customerId,
        customerServiceId: service.id,
        customer: { id: customerId },
        customerService: { service, tariff: aTariff({ audience: 'customer' }) },
      },
      at,
    ),
  );
};

describe('a minimum term starts', () => {
  test('on the day of the activation, on both services', () => {
    expect(starts(aSim().assigned())).toEqual([undefined, undefined]);
    expect(starts(activeSince(JANUARY))).toEqual(['2026-01-31', '2026-01-31']);
  });

  test('once: it does not start again when the SIM is suspended or resumed', () => {
    const barred = suspended(activeSince(JANUARY), 'lost', MARCH);
    for (const sim of [barred, activated(barred, MAY)]) {
      expect(starts(sim)).toEqual(['2026-01-31', '2026-01-31']);
    }
  });

  test('again on a service that the SIM moves to while it is in service', () => {
    expect(starts(migrated(activeSince(JANUARY), MARCH))).toEqual(['2026-03-15', '2026-01-31']);
    expect(starts(assignedTo(activeSince(JANUARY), 'csv_other', MARCH))).toEqual(['2026-01-31', '2026-03-15']);
    expect(starts(migrated(suspended(activeSince(JANUARY), 'lost', MARCH), MAY))).toEqual(['2026-05-01', '2026-01-31']);
  });

  test('for the customer with the next activation, for the partner not again, if the SIM was returned to stock', () => {
    const inStock = unassigned(activeSince(JANUARY), MARCH);
    expect(starts(inStock)).toEqual(['2026-01-31', undefined]);
    const assigned = assignedTo(inStock, 'csv_other', MARCH);
    expect(starts(assigned)).toEqual(['2026-01-31', undefined]);
    expect(starts(activated(assigned, MAY))).toEqual(['2026-01-31', '2026-05-01']);
    // Another partner service binds only from its own activation.
    expect(starts(migrated(inStock, MAY))).toEqual([undefined, undefined]);
  });

  test('not in test status, nor with a suspension from it, but when the SIM then becomes active', () => {
    const testing = withChange(aSim().assigned(), JANUARY, { state: 'testing', bars: [] });
    const barred = suspended(testing, 'lost', MARCH);
    expect([...starts(testing), ...starts(barred)]).toEqual([undefined, undefined, undefined, undefined]);
    expect(starts(activated(barred, MAY))).toEqual(['2026-05-01', '2026-05-01']);
    expect(starts(activated(testing, MAY))).toEqual(['2026-05-01', '2026-05-01']);
  });

  test('is not stored while the change of state shows it, so that the item of an active SIM does not grow', () => {
    expect(activeSince(JANUARY)).not.toHaveProperty('termStart');
    expect(activated(suspended(activeSince(JANUARY), 'lost', MARCH), MAY)).toHaveProperty('termStart');
  });

  test('with the last change of state, for SIMs that an earlier release activated', () => {
    const sim = activeSince(JANUARY);
    expect(starts(sim)).toEqual(['2026-01-31', '2026-01-31']);
    expect(starts(suspended(sim, 'lost', MARCH))).toEqual(['2026-01-31', '2026-01-31']);
    expect(starts(unassigned(sim, MARCH))).toEqual(['2026-01-31', undefined]);
  });
});

const partner = { tariffId: asId('tariff', 'trf_p'), minimumTermMonths: 1 };
const customer = { tariffId: asId('tariff', 'trf_c'), minimumTermMonths: 24 };

describe('a minimum term ends', () => {
  test('after the months of the tariff, on the last day of a shorter month', () => {
    expect(termEndsOf(activeSince(JANUARY), { partner, customer })).toEqual({
      partner: '2026-02-28',
      customer: '2028-01-31',
    });
    expect(plusMonths('2028-01-31', 1)).toBe('2028-02-29');
    expect(plusMonths('2026-12-31', 2)).toBe('2027-02-28');
  });

  test('counted from the day on which its service got the tariff, if that was later', () => {
    const since = (at: string) => ({ partner: { ...partner, since: at } });
    expect(termEndsOf(activeSince(JANUARY), since(MARCH))).toEqual({ partner: '2026-04-15' });
    expect(termEndsOf(activeSince(MARCH), since(JANUARY))).toEqual({ partner: '2026-04-15' });
  });

  test('never without one, before the activation, and for a terminated SIM', () => {
    expect(termEndsOf(activeSince(JANUARY), { partner: { ...partner, minimumTermMonths: 0 } })).toEqual({});
    expect(termEndsOf(activeSince(JANUARY), {})).toEqual({});
    expect(termEndsOf(aSim().assigned(), { partner, customer })).toEqual({});
    expect(termEndsOf(terminated(activeSince(JANUARY), MARCH), { partner, customer })).toEqual({});
  });

  test('for a partner with the later of both tariffs, for a customer with its own', () => {
    const ends = { partner: '2027-01-31', customer: '2026-06-30' };
    expect([termEndsOn(ends, 'partner'), termEndsOn(ends, 'customer')]).toEqual(['2027-01-31', '2026-06-30']);
    expect(termEndsOn({ partner: '2027-01-31' }, 'customer')).toBeUndefined();
    expect(termEndsOn({}, 'partner')).toBeUndefined();
  });

  test('always after its start, and never later in a month', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 120 }),
        (date, months) => {
          const start = date.toISOString().slice(0, 10);
          const end = plusMonths(start, months);
          const [years, monthOfEnd] = [Number(end.slice(0, 4)), Number(end.slice(5, 7))];
          expect(years * 12 + monthOfEnd).toBe(Number(start.slice(0, 4)) * 12 + Number(start.slice(5, 7)) + months);
          expect(end.slice(8) <= start.slice(8)).toBe(true);
        },
      ),
    );
  });
});

describe('an action that ends a term early', () => {
  const ends = { partner: '2026-06-30', customer: '2026-04-30' };
  const tariffs = { partner, customer };
  const until = (action: Parameters<typeof termWarnings>[0], at: string, target?: string) =>
    termWarnings(action, ends, { tariffs, target: target === undefined ? undefined : asId('tariff', target) }, at).map(
      (warning) => warning.until,
    );

  test('gets a warning of the term that it ends', () => {
    expect(until('terminate', MARCH)).toEqual(['2026-06-30']);
    expect(until('unassign', MARCH)).toEqual(['2026-04-30']);
    expect(until('assign', MARCH, 'trf_other')).toEqual(['2026-04-30']);
    expect(until('migrate', MARCH, 'trf_other')).toEqual(['2026-06-30']);
  });

  test('gets none when the term is over, or the tariff stays the same', () => {
    expect(until('terminate', '2026-06-29T23:59:59.999Z')).toEqual(['2026-06-30']);
    expect(until('terminate', '2026-06-30T00:00:00.000Z')).toEqual([]);
    expect(until('assign', MARCH, 'trf_c')).toEqual([]);
    expect(until('migrate', MARCH, 'trf_p')).toEqual([]);
  });
});
