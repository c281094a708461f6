import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isBarred } from '../../domain/changed-sim.ts';
import type { OperatorId } from '../../domain/ids.ts';
import type { CustomerService, PartnerService } from '../../domain/service.ts';
import { newSimInHolding, relabel, type Sim, simStates } from '../../domain/sim.ts';
import { decide, nextActions, type SimRequest } from '../../domain/sim-actions.ts';
import {
  confirmChange,
  involvesOperator,
  type OperatorAction,
  revertChange,
  withPendingChange,
} from '../../domain/sim-changes.ts';
import type { Tariff } from '../../domain/tariff.ts';
import {
  aCustomer,
  aCustomerService,
  aHoldingService,
  anIccid,
  aPartnerService,
  aTariff,
  aTariffOf,
  noneRunning,
  operatorIds,
  testOperators,
} from './builders.ts';

/*
 * A little world of services and customers, some of whose tariffs do not cover every operator, and one SIM in it that
 * anything happens to, in any order. After each step, what the design says is always true must be.
 */

const tariffs = [aTariff(), aTariffOf('3uk'), aTariffOf('orange', 'a1')];

const partnerServices = tariffs.flatMap(({ id: tariffId }, number) => [
  aPartnerService({ id: `psv_${number}`, tariffId }),
  aPartnerService({ id: `psv_${number}b`, tariffId }),
]);

const customers = [aCustomer({ id: 'cus_meadow' }), aCustomer({ id: 'cus_harbour' })];

const customerServices = customers.flatMap(({ id: customerId }) =>
  tariffs.flatMap(({ id: tariffId }, number) => [
    aCustomerService({ id: `csv_${customerId}_${number}`, customerId, tariffId }),
    aCustomerService({ id: `csv_${customerId}_${number}b`, customerId, tariffId }),
  ]),
);

const tariffOf = ({ tariffId }: { tariffId?: string }): Tariff | undefined => tariffs.find(({ id }) => id === tariffId);

const withTariff = <Service extends PartnerService | CustomerService>(service: Service) => ({
  service,
  tariff: tariffOf(service),
});

/** Something that happens to a SIM; `undefined` when nothing comes of it. */
type Happening = { description: string; to: (sim: Sim, at: string) => Sim | undefined };

const asked = (request: SimRequest): Happening => ({
  description: JSON.stringify(request),
  to: (sim, at) => {
    const decision = decide(sim, request, at);
    return decision.kind === 'change' ? decision.sim : undefined;
  },
});

const gone = fc.constant(undefined);

const migration = fc
  .oneof(
    { weight: 8, arbitrary: fc.constantFrom(...partnerServices).map(withTariff) },
    { weight: 1, arbitrary: fc.constantFrom(...operatorIds).map((id) => withTariff(aHoldingService(id))) },
    { weight: 1, arbitrary: gone },
  )
  .map((target) =>
    asked({ action: 'migrate', partnerServiceId: target?.service.id ?? 'psv_gone', partnerService: target }),
  );

const assignment = fc
  .record({
    customerService: fc.option(fc.constantFrom(...customerServices), { nil: undefined, freq: 10 }),
    // Now and then a customer that the service is not of, or that is gone.
    otherCustomer: fc.option(fc.option(fc.constantFrom(...customers), { nil: undefined, freq: 5 }), {
      nil: null,
      freq: 3,
    }),
  })
  .map(({ customerService, otherCustomer }) => {
    const owner = customers.find(({ id }) => id === customerService?.customerId);
    const customer = otherCustomer === null ? owner : otherCustomer;
    return asked({
      action: 'assign',
      customerId: customer?.id ?? 'cus_gone',
      customerServiceId: customerService?.id ?? 'csv_gone',
      customer,
      customerService: customerService && withTariff(customerService),
    });
  });

const plainAction = fc
  .constantFrom('unassign', 'activate', 'activate', 'test', 'test', 'resume', 'terminate')
  .map((action) => asked(action === 'test' ? { action, testOperators } : { action }));

const suspension = fc.constantFrom('not_paid', 'lost').map((reason) => asked({ action: 'suspend', reason }));

const operatorsWord = fc.constantFrom<Happening>(
  {
    description: 'the operator confirms',
    to: (sim, at) => {
      const action: OperatorAction | undefined = sim.state === 'activating' ? 'activate' : sim.pendingChange?.action;
      return action && confirmChange(sim, action, 'not_paid', at);
    },
  },
  { description: 'the operator refuses', to: revertChange },
);

function requestOf(action: OperatorAction): SimRequest {
  switch (action) {
    case 'suspend':
      return { action, reason: 'not_paid' };
    case 'test':
      return { action, testOperators };
    default:
      return { action };
  }
}

/** An action that the operator confirms later. An assigned SIM does not wait for its activation in this way. */
const pendingAction = fc.constantFrom('activate', 'test', 'suspend', 'resume', 'unassign', 'terminate').map(
  (action): Happening => ({
    description: `a pending ${action}`,
    to: (sim, at) => {
      const isPossible = involvesOperator(action, sim) && (action !== 'activate' || sim.state === 'testing');
      return isPossible && decide(sim, requestOf(action), at).kind === 'change'
        ? withPendingChange(sim, action, 'op_1', at)
        : undefined;
    },
  }),
);

const labelling = fc.constant<Happening>({
  description: 'a label',
  to: (sim, at) => relabel(sim, { label: 'Gate 4', tags: null }, at),
});

const history = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: migration },
    { weight: 4, arbitrary: assignment },
    { weight: 5, arbitrary: plainAction },
    { weight: 2, arbitrary: suspension },
    { weight: 2, arbitrary: pendingAction },
    { weight: 4, arbitrary: operatorsWord },
    { weight: 1, arbitrary: labelling },
  ),
  // Long enough, most times, for a SIM to be somewhere: much of what is asked is refused.
  { maxLength: 60, size: 'max' },
);

/** Each step of a history: the SIM before and after it, and when it was taken. */
function* live(
  operatorId: OperatorId,
  happenings: readonly Happening[],
): Generator<{ before: Sim; after: Sim; at: string }> {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString();
  let sim = newSimInHolding({ iccid: anIccid(), imsi: '234200000000001' }, { id: 'ord_1', operatorId }, at(0));
  for (const [step, { to }] of happenings.entries()) {
    const next = to(sim, at(step + 1));
    if (next) {
      yield { before: sim, after: next, at: at(step + 1) };
      sim = next;
    }
  }
}

function always(check: (step: { before: Sim; after: Sim; at: string }) => void): void {
  fc.assert(
    fc.property(fc.constantFrom(...operatorIds), history, (operatorId, happenings) => {
      for (const step of live(operatorId, happenings)) {
        check(step);
      }
    }),
    { numRuns: 120 },
  );
}

describe('whatever happens to a SIM and in whatever order', () => {
  test('outside holding it has a real partner service, and in holding its operator’s', () => {
    always(({ before, after }) => {
      if (after.state === 'terminated') {
        // It stays where it was.
        expect(after.partnerServiceId).toBe(before.partnerServiceId);
        return;
      }
      const real = partnerServices.some(({ id }) => id === after.partnerServiceId);
      expect(real).toBe(after.state !== 'in_holding');
      expect(after.partnerServiceId === `psv_holding_${after.operatorId}`).toBe(after.state === 'in_holding');
    });
  });

  test('it has a customer exactly with a customer service, and never in holding or in stock', () => {
    always(({ before, after }) => {
      expect(after.customerId === undefined).toBe(after.customerServiceId === undefined);
      if (after.state === 'terminated') {
        expect(after.customerId).toBe(before.customerId);
        return;
      }
      expect(after.customerId === undefined).toBe(['in_holding', 'in_stock'].includes(after.state));
    });
  });

  test('while a change is pending, it keeps its state, bars and services, and no action is allowed', () => {
    always(({ before, after }) => {
      if (after.pendingChange) {
        expect(nextActions(after, noneRunning)).toEqual([]);
        const { state, bars, partnerServiceId, customerServiceId } = before;
        expect(after).toMatchObject({
          state,
          bars,
          partnerServiceId,
          ...(customerServiceId ? { customerServiceId } : {}),
        });
      }
    });
  });

  test('it has no bars exactly when it is active or in test status', () => {
    always(({ after }) => {
      const isUnbarred = after.state === 'active' || after.state === 'testing';
      expect(after.bars.length === 0).toBe(isUnbarred);
      expect(isBarred(after)).toBe(!isUnbarred);
    });
  });

  test('it is in test status only at operators that have one, and enters it while it is assigned', () => {
    always(({ before, after }) => {
      if (after.state === 'testing') {
        expect(testOperators.has(after.operatorId)).toBe(true);
        expect(['assigned', 'testing']).toContain(before.state);
      }
    });
  });

  test('it belongs to at most one customer, and changes customers only via the stock', () => {
    always(({ before, after }) => {
      if (before.customerId !== undefined && after.customerId !== before.customerId) {
        expect(after).toMatchObject({ state: 'in_stock' });
        expect(after.customerId).toBeUndefined();
      }
    });
  });

  test('its customer service belongs to its customer', () => {
    always(({ after }) => {
      const service = customerServices.find(({ id }) => id === after.customerServiceId);
      expect(service?.customerId).toBe(after.customerId);
    });
  });

  test('the tariffs of both its services cover its operator', () => {
    always(({ after }) => {
      const services = [...partnerServices, ...customerServices].filter(
        ({ id }) => id === after.partnerServiceId || id === after.customerServiceId,
      );
      for (const service of services) {
        expect(tariffOf(service)?.operatorIds).toContain(after.operatorId);
      }
    });
  });

  test('its version grows by one with each change', () => {
    always(({ before, after, at }) => {
      expect(after.version).toBe(before.version + 1);
      expect(after.updatedAt).toBe(at);
    });
  });

  test('the time of its state changes only with the state', () => {
    always(({ before, after, at }) => {
      expect(after.stateChangedAt).toBe(after.state === before.state ? before.stateChangedAt : at);
    });
  });

  test('terminated is final: only its label can still change', () => {
    always(({ before, after }) => {
      if (before.state === 'terminated') {
        const { label, tags, formerCustomer, updatedAt, version } = after;
        expect(after).toEqual({ ...before, label, tags, formerCustomer, updatedAt, version });
      }
    });
  });

  test('it never returns to holding', () => {
    always(({ before, after }) => {
      if (before.state !== 'in_holding') {
        expect(after.state).not.toBe('in_holding');
      }
    });
  });

  test('its ICCID, operator and order never change', () => {
    always(({ before, after }) => {
      const { iccid, imsi, operatorId, orderId, createdAt } = before;
      expect(after).toMatchObject({ iccid, imsi, operatorId, orderId, createdAt });
    });
  });

  test('only a confirmation of the operator, a resumption or an activation from test status activates it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...operatorIds), history, (operatorId, happenings) => {
        const withoutThem = happenings.filter(
          ({ description }) => description !== 'the operator confirms' && !description.includes('"resume"'),
        );
        for (const { before, after } of live(operatorId, withoutThem)) {
          expect(after.state === 'active' && !['active', 'testing'].includes(before.state)).toBe(false);
        }
      }),
    );
  });

  test('a repeated action changes nothing or is refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...operatorIds),
        history,
        fc.oneof(migration, assignment, plainAction, suspension),
        (operatorId, happenings, again) => {
          const [last] = [...live(operatorId, happenings)].slice(-1);
          const once = last && again.to(last.after, last.at);
          fc.pre(once !== undefined);
          expect(again.to(once, last?.at ?? '')).toBeUndefined();
        },
      ),
    );
  });

  test('every state is reached by some history', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.constantFrom(...operatorIds), history, (operatorId, happenings) => {
        for (const { after } of live(operatorId, happenings)) {
          reached.add(after.state);
        }
      }),
      { numRuns: 250, seed: 7 },
    );
    expect([...reached].sort()).toEqual([...simStates].sort());
  });
});
