import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isBarred } from '../../domain/changed-sim.ts';
import { asId } from '../../domain/ids.ts';
import { newSimInHolding, relabel, type Sim, simStates } from '../../domain/sim.ts';
import {
  decide,
  decideOrNotFound,
  nextActions,
  type SimAction,
  type SimRequest,
  simActions,
} from '../../domain/sim-actions.ts';
import { confirmChange, isConfirmationOverdue, revertChange } from '../../domain/sim-changes.ts';
import {
  aCustomer,
  aCustomerService,
  aHoldingService,
  anIccid,
  aPartnerService,
  aSim,
  aTariffOf,
  LONG_AGO,
  NOW,
  noneRunning,
  on,
  operatorIds,
  testOperators,
} from './builders.ts';

type Migration = Extract<SimRequest, { action: 'migrate' }>;
type Assignment = Extract<SimRequest, { action: 'assign' }>;

const toAnotherService = aPartnerService({ id: 'psv_meters', name: 'Meters' });
const anotherOfTheCustomers = aCustomerService({ id: 'csv_cameras', name: 'Meadow Farms – Cameras' });
const harbour = aCustomer({ id: 'cus_harbour', name: 'Harbour Freight' });
const harbours = aCustomerService({ id: 'csv_harbour', customerId: 'cus_harbour', name: 'Harbour – Trackers' });

function migration(to: Migration['partnerService']): Migration {
  return { action: 'migrate', partnerServiceId: to?.service.id ?? 'psv_gone', partnerService: to };
}

function assignment(customer: Assignment['customer'], customerService: Assignment['customerService']): Assignment {
  return {
    action: 'assign',
    customerId: customer?.id ?? 'cus_gone',
    customerServiceId: customerService?.service.id ?? 'csv_gone',
    customer,
    customerService,
  };
}

/** Each action with targets that nothing is wrong with, and that no SIM has yet. */
const good: Record<SimAction, SimRequest> = {
  migrate: migration(on(toAnotherService)),
  assign: assignment(aCustomer(), on(anotherOfTheCustomers)),
  unassign: { action: 'unassign' },
  activate: { action: 'activate' },
  test: { action: 'test', testOperators },
  suspend: { action: 'suspend', reason: 'not_paid' },
  resume: { action: 'resume' },
  terminate: { action: 'terminate' },
};

/** What comes of it in a word: the state it leads to, `unchanged`, or the code of the refusal. */
function outcome(sim: Sim, request: SimRequest): string {
  const decision = decide(sim, request, NOW);
  switch (decision.kind) {
    case 'change':
      return `→ ${decision.sim.state}`;
    case 'unchanged':
      return 'unchanged';
    case 'refused':
      return decision.problem.code;
  }
}

function changedBy(sim: Sim, request: SimRequest): Sim {
  const decision = decide(sim, request, NOW);
  if (decision.kind !== 'change') {
    throw new Error(`Nothing changed: ${JSON.stringify(decision)}`);
  }
  return decision.sim;
}

test('a SIM that is being replaced cannot be replaced again until the replacement has ended', () => {
  const operationId = asId('operation', 'op_1');
  const replacing = { operationId, with: aSim().inStock().iccid, activates: true };
  const sim = { ...aSim().active(), replacing };
  const whileRunning = { testOperators, running: new Set([operationId]) };
  expect(nextActions(sim, whileRunning)).not.toContain('replace');
  expect(nextActions(sim, whileRunning)).toEqual(
    nextActions(sim, noneRunning).filter((action) => action !== 'replace'),
  );
  expect(nextActions(sim, noneRunning)).toContain('replace');
});

describe('an action with valid targets', () => {
  const columns = simActions;
  test.each([
    // state         migrate         assign              unassign       activate         test     suspend         resume         terminate
    [
      'in_holding',
      [
        ...['→ in_stock', 'in_holding', 'in_holding', 'in_holding', 'in_holding', 'in_holding', 'in_holding'],
        '→ terminated',
      ],
    ],
    [
      'in_stock',
      [
        ...['→ in_stock', '→ assigned', 'unchanged', 'not_assigned', 'not_assigned', 'wrong_state', 'wrong_state'],
        '→ terminated',
      ],
    ],
    [
      'assigned',
      [
        ...['→ assigned', 'already_assigned', '→ in_stock', '→ activating', '→ testing', 'wrong_state', 'wrong_state'],
        '→ terminated',
      ],
    ],
    [
      'activating',
      [
        ...['wrong_state', 'wrong_state', 'wrong_state', 'wrong_state', 'wrong_state', 'wrong_state', 'wrong_state'],
        'wrong_state',
      ],
    ],
    [
      'testing',
      [
        ...['→ testing', 'wrong_state', '→ in_stock', '→ active', 'unchanged', '→ suspended', 'wrong_state'],
        '→ terminated',
      ],
    ],
    [
      'active',
      [
        ...['→ active', '→ active', '→ in_stock', 'unchanged', 'wrong_state', '→ suspended', 'unchanged'],
        '→ terminated',
      ],
    ],
    [
      'suspended',
      [
        ...['→ suspended', 'wrong_state', '→ in_stock', 'wrong_state', 'wrong_state', 'unchanged', '→ active'],
        '→ terminated',
      ],
    ],
    [
      'terminated',
      [
        ...['wrong_state', 'wrong_state', 'wrong_state', 'wrong_state', 'wrong_state', 'wrong_state', 'wrong_state'],
        'unchanged',
      ],
    ],
  ] as const)('on a SIM that is %s', (state, expected) => {
    const sim = aSim({ operatorId: '3ireland' }).in(state);
    const outcomes = columns.map((action) => `${action}: ${outcome(sim, good[action])}`);
    expect(outcomes).toEqual(columns.map((action, column) => `${action}: ${expected[column]}`));
  });

  test('is one of `nextActions` exactly when it would change the SIM', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...simStates),
        fc.constantFrom(...simActions),
        fc.constantFrom(...operatorIds),
        (state, action, operatorId) => {
          const sim = aSim({ operatorId }).in(state);
          const isNext = nextActions(sim, noneRunning).includes(action);
          expect(isNext).toBe(decide(sim, good[action], NOW).kind === 'change');
        },
      ),
    );
  });

  test.each([
    ['in_holding', 'migrate'],
    ['in_stock', 'assign'],
    ['assigned', 'activate'],
    ['testing', 'activate'],
    ['suspended', 'resume'],
  ] as const)('of a SIM that is %s lists %s first, which leads towards active', (state, action) => {
    expect(nextActions(aSim().in(state), noneRunning)[0]).toBe(action);
  });

  test('never mutates the given SIM', () => {
    for (const state of simStates) {
      for (const action of simActions) {
        const sim = aSim().in(state);
        decide(sim, good[action], NOW);
        expect(sim).toEqual(aSim().in(state));
      }
    }
  });

  test('explains a refusal', () => {
    const decision = decide(aSim().in('suspended'), good.assign, NOW);
    expect(decision).toEqual({
      kind: 'refused',
      problem: {
        code: 'wrong_state',
        detail: 'Cannot assign a SIM in state suspended. Allowed actions: resume, unassign, terminate, migrate.',
      },
    });
  });
});

describe('test status', () => {
  test('removes the bars of an assigned SIM, which keeps customer and services', () => {
    const before = aSim({ operatorId: '3ireland' }).assigned();
    expect(changedBy(before, good.test)).toEqual({
      ...before,
      state: 'testing',
      bars: [],
      stateChangedAt: NOW,
      updatedAt: NOW,
      version: 4,
    });
  });

  test.each(simStates.filter((state) => state !== 'testing'))(
    'is refused to a SIM that is %s of an operator without it, and not offered',
    (state) => {
      const sim = aSim({ operatorId: 'a1' }).in(state);
      expect(outcome(sim, good.test)).toBe('wrong_operator');
      expect(nextActions(sim, noneRunning)).not.toContain('test');
    },
  );

  test('is kept by SIMs of an operator that no longer has it, and left in the same ways', () => {
    const sim = aSim({ operatorId: 'a1' }).testing();
    expect(outcome(sim, good.test)).toBe('unchanged');
    expect(nextActions(sim, noneRunning)).toEqual([
      'activate',
      'suspend',
      'unassign',
      'terminate',
      'migrate',
      'replace',
    ]);
  });

  test('is left by an activation without being barred in between', () => {
    expect(changedBy(aSim().testing(), good.activate)).toMatchObject({ state: 'active', bars: [] });
  });

  test('is not returned to: a suspended SIM is resumed to active', () => {
    const suspended = changedBy(aSim().testing(), good.suspend);
    expect(changedBy(suspended, good.resume)).toMatchObject({ state: 'active' });
  });
});

describe('migrating', () => {
  test('takes a SIM out of holding, still barred and without a customer', () => {
    expect(changedBy(aSim().inHolding(), good.migrate)).toEqual({
      ...aSim().inHolding(),
      state: 'in_stock',
      partnerServiceId: 'psv_meters',
      stateChangedAt: NOW,
      updatedAt: NOW,
      version: 4,
    });
  });

  test('moves an assigned SIM between partner services and leaves it the customer’s', () => {
    expect(changedBy(aSim().assigned(), good.migrate)).toEqual({
      ...aSim().assigned(),
      partnerServiceId: 'psv_meters',
      updatedAt: NOW,
      version: 4,
    });
  });

  test.each(['in_stock', 'assigned', 'activating', 'testing', 'active', 'suspended'] as const)(
    'a SIM that is %s to the service that it has changes nothing',
    (state) => {
      expect(outcome(aSim().in(state), migration(on(aPartnerService())))).toBe('unchanged');
    },
  );

  test.each(simStates)('a SIM that is %s into holding is refused', (state) => {
    expect(outcome(aSim().in(state), migration(on(aHoldingService(), undefined)))).toBe('holding_target');
  });

  test.each(simStates)('a SIM that is %s to a service that is no longer there is refused', (state) => {
    expect(outcome(aSim().in(state), migration(undefined))).toBe('not_found');
  });

  test.each(['in_holding', 'in_stock', 'assigned', 'active', 'suspended'] as const)(
    'a SIM that is %s needs a tariff that covers its operator',
    (state) => {
      const sim = aSim({ operatorId: asId('operator', 'a1') }).in(state);
      expect(outcome(sim, migration(on(toAnotherService, aTariffOf('3uk', 'orange'))))).toBe('tariff_mismatch');
      expect(outcome(sim, migration(on(toAnotherService, aTariffOf('3uk', 'a1'))))).toMatch('→');
    },
  );

  test('to a service whose tariff is gone is refused', () => {
    expect(outcome(aSim().inHolding(), migration({ service: toAnotherService, tariff: undefined }))).toBe(
      'tariff_mismatch',
    );
  });

  test('reports the wrong state before the tariff mismatch', () => {
    expect(outcome(aSim().in('activating'), migration(on(toAnotherService, aTariffOf('a1'))))).toBe('wrong_state');
  });
});

describe('assigning', () => {
  test('gives a SIM in stock to a customer, with one of its services, still barred', () => {
    expect(changedBy(aSim().inStock(), good.assign)).toEqual({
      ...aSim().inStock(),
      state: 'assigned',
      customerId: 'cus_meadow',
      customerServiceId: 'csv_cameras',
      stateChangedAt: NOW,
      updatedAt: NOW,
      version: 4,
    });
  });

  test('changes the service of an active SIM within its customer, and it stays active', () => {
    expect(changedBy(aSim().active(), good.assign)).toEqual({
      ...aSim().active(),
      customerServiceId: 'csv_cameras',
      termStart: { partner: '2026-01-05', customer: '2026-03-02' },
      updatedAt: NOW,
      version: 4,
    });
  });

  test.each(['assigned', 'activating', 'active', 'suspended'] as const)(
    'a SIM that is %s to the service that it has changes nothing',
    (state) => {
      expect(outcome(aSim().in(state), assignment(aCustomer(), on(aCustomerService())))).toBe('unchanged');
    },
  );

  test.each(['assigned', 'activating', 'active', 'suspended'] as const)(
    'a SIM that is %s to another customer is refused: it has one',
    (state) => {
      expect(outcome(aSim().in(state), assignment(harbour, on(harbours)))).toBe('already_assigned');
    },
  );

  test.each(['in_stock', 'assigned', 'active'] as const)(
    'a SIM that is %s with a service of another customer is refused',
    (state) => {
      expect(outcome(aSim().in(state), assignment(aCustomer(), on(harbours)))).toBe('service_of_other_customer');
    },
  );

  test.each(['in_stock', 'assigned', 'activating', 'active', 'suspended'] as const)(
    'a SIM that is %s is refused when the customer or the service is no longer there',
    (state) => {
      expect(outcome(aSim().in(state), assignment(undefined, on(aCustomerService())))).toBe('not_found');
      expect(outcome(aSim().in(state), assignment(aCustomer(), undefined))).toBe('not_found');
    },
  );

  test.each(['in_stock', 'active'] as const)('a SIM that is %s needs a tariff that covers its operator', (state) => {
    const sim = aSim({ operatorId: asId('operator', 'orange') }).in(state);
    const onTariff = (...covered: Parameters<typeof aTariffOf>) =>
      outcome(sim, assignment(aCustomer(), on(anotherOfTheCustomers, aTariffOf(...covered))));
    expect(onTariff('3uk')).toBe('tariff_mismatch');
    expect(onTariff('3uk', 'orange')).toMatch('→');
  });

  test('with a service whose tariff is gone is refused', () => {
    const request = assignment(aCustomer(), { service: anotherOfTheCustomers, tariff: undefined });
    expect(outcome(aSim().inStock(), request)).toBe('tariff_mismatch');
  });
});

describe('unassigning', () => {
  test.each(['assigned', 'suspended'] as const)(
    'returns a SIM that is %s to stock, barred and without a customer',
    (state) => {
      expect(changedBy(aSim().in(state), good.unassign)).toEqual({
        ...aSim().inStock(),
        ...(state === 'suspended' ? { termStart: { partner: '2026-01-05' } } : {}),
        bars: [{ type: 'data', reason: 'not_activated', since: NOW }],
        stateChangedAt: NOW,
        updatedAt: NOW,
        version: 4,
      });
    },
  );
});

describe('activating', () => {
  test('keeps the bar until the operator confirms', () => {
    const activating = changedBy(aSim().assigned(), good.activate);
    expect(activating).toMatchObject({ state: 'activating', bars: aSim().assigned().bars, version: 4 });
    expect(confirmChange(activating, 'activate', '', NOW)).toEqual({
      ...activating,
      state: 'active',
      bars: [],
      version: 5,
    });
  });

  test('leaves the SIM assigned when the operator refuses', () => {
    const activating = aSim().activating();
    expect(revertChange(activating, NOW)).toEqual({
      ...activating,
      state: 'assigned',
      stateChangedAt: NOW,
      updatedAt: NOW,
      version: 4,
    });
  });

  test('succeeds when the operator confirms after the deadline', () => {
    expect(confirmChange(aSim().assigned(), 'activate', '', NOW)).toMatchObject({ state: 'active', bars: [] });
  });

  test('is overdue seven days after the SIM became activating, however long its operation has been running', () => {
    const operationStart = '2026-03-01T00:00:00.000Z';
    const activating = { state: 'activating', stateChangedAt: '2026-03-20T12:00:00.000Z' } as const;
    expect(isConfirmationOverdue(activating, operationStart, new Date('2026-03-27T12:00:00.000Z'))).toBe(false);
    expect(isConfirmationOverdue(activating, operationStart, new Date('2026-03-27T12:00:00.001Z'))).toBe(true);
  });

  test('is overdue seven days after its operation began, when a crash left the SIM assigned without a result', () => {
    const operationStart = '2026-03-01T00:00:00.000Z';
    const assigned = { state: 'assigned', stateChangedAt: '2026-03-08T00:00:00.000Z' } as const;
    expect(isConfirmationOverdue(assigned, operationStart, new Date('2026-03-08T00:00:00.000Z'))).toBe(false);
    expect(isConfirmationOverdue(assigned, operationStart, new Date('2026-03-08T00:00:01.000Z'))).toBe(true);
  });

  test.each(['in_holding', 'in_stock', 'active', 'suspended', 'terminated'] as const)(
    'cannot be confirmed of a SIM that is %s',
    (state) => {
      expect(confirmChange(aSim().in(state), 'activate', '', NOW)).toBeUndefined();
    },
  );

  test.each(simStates.filter((state) => state !== 'activating'))('cannot be refused of a SIM that is %s', (state) => {
    expect(revertChange(aSim().in(state), NOW)).toBeUndefined();
  });
});

describe('suspending, resuming and terminating', () => {
  test('suspending puts the bar on, with its reason', () => {
    expect(changedBy(aSim().active(), good.suspend)).toEqual({
      ...aSim().active(),
      state: 'suspended',
      termStart: { partner: '2026-01-05', customer: '2026-01-05' },
      bars: [{ type: 'data', reason: 'not_paid', since: NOW }],
      stateChangedAt: NOW,
      updatedAt: NOW,
      version: 4,
    });
  });

  test('suspending a suspended SIM keeps the first reason', () => {
    expect(outcome(aSim().suspended(), { action: 'suspend', reason: 'lost' })).toBe('unchanged');
  });

  test('resuming removes every bar', () => {
    const resumed = changedBy(aSim().suspended(), good.resume);
    expect(resumed).toMatchObject({ state: 'active', bars: [], stateChangedAt: NOW });
    expect(isBarred(resumed)).toBe(false);
  });

  test.each(['active', 'suspended'] as const)(
    'terminating a SIM that is %s bars it and keeps its services and customer',
    (state) => {
      expect(changedBy(aSim().in(state), good.terminate)).toEqual({
        ...aSim().in(state),
        state: 'terminated',
        bars: [{ type: 'data', reason: 'terminated', since: NOW }],
        stateChangedAt: NOW,
        updatedAt: NOW,
        version: 4,
      });
    },
  );
});

describe('a missing SIM', () => {
  test.each(simActions)('cannot %s', (action) => {
    expect(decideOrNotFound(undefined, good[action], NOW)).toMatchObject({
      kind: 'refused',
      problem: { code: 'not_found' },
    });
  });

  test('is the only SIM that an action needs to exist', () => {
    expect(decideOrNotFound(aSim().assigned(), good.activate, NOW)).toEqual(
      decide(aSim().assigned(), good.activate, NOW),
    );
  });
});

describe('a SIM on arrival', () => {
  test('is in its operator’s holding service, barred and without a customer', () => {
    const delivered = { iccid: anIccid(7), imsi: '234200000000007', msisdn: '447700900123' };
    expect(newSimInHolding(delivered, { id: 'ord_1', operatorId: asId('operator', 'a1') }, NOW)).toEqual({
      ...delivered,
      operatorId: 'a1',
      orderId: 'ord_1',
      state: 'in_holding',
      bars: [{ type: 'data', reason: 'not_activated', since: NOW }],
      partnerServiceId: 'psv_holding_a1',
      tags: [],
      stateChangedAt: NOW,
      createdAt: NOW,
      updatedAt: NOW,
      version: 1,
    });
  });
});

describe('labelling a SIM', () => {
  const labelled = aSim({ label: 'Gate 4', tags: ['gate'] }).active();

  test('sets given fields and keeps the rest', () => {
    expect(relabel(labelled, { label: 'Gate 5' }, NOW)).toEqual({
      ...labelled,
      label: 'Gate 5',
      updatedAt: NOW,
      version: 4,
    });
    expect(relabel(labelled, { tags: ['north'] }, NOW)).toMatchObject({ label: 'Gate 4', tags: ['north'] });
  });

  test('removes fields that are null', () => {
    const bare = relabel(labelled, { label: null, tags: null }, NOW);
    expect(bare).not.toHaveProperty('label');
    expect(bare.tags).toEqual([]);
  });

  test('does not change its state', () => {
    expect(relabel(labelled, { label: 'Gate 5' }, NOW)).toMatchObject({ state: 'active', stateChangedAt: LONG_AGO });
  });
});

test('a change that overlaps with another one and is saved later is not dated earlier', () => {
  const sim = aSim({ updatedAt: NOW }).active();
  expect(decide(sim, good.suspend, LONG_AGO)).toMatchObject({
    kind: 'change',
    sim: { updatedAt: NOW, stateChangedAt: NOW },
  });
});

describe('the label and tags of a SIM', () => {
  const NAMED = { label: 'Mrs Meadow', tags: ['north'] };
  const stock = aSim(NAMED).inStock();
  const done = (sim: Sim, request: SimRequest): Sim => {
    const decision = decide(sim, request, NOW);
    return decision.kind === 'change' ? decision.sim : sim;
  };
  const toMeadow = assignment(aCustomer(), on(anotherOfTheCustomers));
  const toHarbour = assignment(harbour, on(harbours));
  const unassigned = done(done(stock, toMeadow), { action: 'unassign' });

  test('that were set before it had a customer are kept', () => {
    expect(done(stock, toMeadow)).toMatchObject(NAMED);
    expect(unassigned).toMatchObject(NAMED);
  });

  test('are kept when it returns to the same customer', () => {
    const back = done(unassigned, toMeadow);
    expect(back).toMatchObject(NAMED);
    expect(back).not.toHaveProperty('formerCustomer');
  });

  test('are cleared when it goes to another customer', () => {
    const moved = done(unassigned, toHarbour);
    expect(moved).toMatchObject({ customerId: 'cus_harbour', tags: [] });
    expect(moved).not.toHaveProperty('label');
    expect(moved).not.toHaveProperty('formerCustomer');
  });

  test('and its fields are cleared and kept individually, when they are changed in stock', () => {
    const fields = { site: 'Meadow', contract: 'M-1', meter: '17' };
    const left = done(done({ ...stock, fields, tags: ['north', 'old'] }, toMeadow), { action: 'unassign' });
    const changed = relabel(
      left,
      { fields: { site: 'Stock', meter: null }, addTags: ['new'], removeTags: ['old'] },
      NOW,
    );
    expect(changed).toMatchObject({ fields: { site: 'Stock', contract: 'M-1' }, tags: ['north', 'new'] });
    expect(done(changed, toMeadow)).toMatchObject({
      fields: { site: 'Stock', contract: 'M-1' },
      tags: ['north', 'new'],
    });
    const moved = done(changed, toHarbour);
    expect(moved).toMatchObject({ fields: { site: 'Stock' }, tags: ['new'] });
    expect(moved).not.toHaveProperty('formerCustomer');
    expect(done(left, toHarbour)).not.toHaveProperty('fields');
    const own = relabel(left, { label: null, tags: [], fields: null }, NOW);
    expect(own).not.toHaveProperty('formerCustomer');
  });

  test('that were set after it was unassigned are kept individually', () => {
    const relabelled = relabel(unassigned, { label: 'Gate 7' }, NOW);
    expect(done(relabelled, toHarbour)).toMatchObject({ label: 'Gate 7', tags: [] });
    const retagged = done(relabel(unassigned, { tags: ['south'] }, NOW), toHarbour);
    expect(retagged).toMatchObject({ tags: ['south'] });
    expect(retagged).not.toHaveProperty('label');
    expect(done(relabel(relabelled, { tags: ['south'] }, NOW), toHarbour)).toMatchObject({
      label: 'Gate 7',
      tags: ['south'],
    });
  });
});

test('the next customer of a SIM does not see which SIM of a former customer it replaced', () => {
  const replaces = anIccid(9);
  const active = { ...aSim().active(), replaces };
  const assigned = (sim: Sim, request: SimRequest) => {
    const decision = decide(sim, request, NOW);
    return decision.kind === 'change' ? decision.sim : undefined;
  };
  expect(assigned(active, assignment(aCustomer(), on(anotherOfTheCustomers)))).toMatchObject({ replaces });
  const stock = assigned({ ...active, state: 'suspended' }, { action: 'unassign' });
  expect(stock).toMatchObject({ state: 'in_stock', replaces });
  const next = stock && assigned(stock, assignment(harbour, on(harbours)));
  expect(next).toMatchObject({ state: 'assigned', customerId: harbour.id });
  expect(next).not.toHaveProperty('replaces');
});
