import { termStartAfter } from './minimum-term.ts';
import { laterOf } from './moment.ts';
import { type Bar, detachCustomer, NOT_ACTIVATED, type Sim } from './sim.ts';

/* A SIM after each change. Whether the change is allowed is decided elsewhere. */

/** The SIM in stock, barred and without a customer. */
export function unassigned(sim: Sim, at: string): Sim {
  return withChange(detachCustomer(sim), at, { state: 'in_stock', bars: [dataBar(NOT_ACTIVATED, at)] });
}

/** The SIM in test status: without bars, and not active. */
export function inTest(sim: Sim, at: string): Sim {
  return withChange(sim, at, { state: 'testing', bars: [] });
}

/** The SIM without bars. */
export function activated(sim: Sim, at: string): Sim {
  return withChange(sim, at, { state: 'active', bars: [] });
}

/** The SIM with a bar for this reason. */
export function suspended(sim: Sim, reason: string, at: string): Sim {
  return withChange(sim, at, { state: 'suspended', bars: [dataBar(reason, at)] });
}

/** The SIM at the end of its life. */
export function terminated(sim: Sim, at: string): Sim {
  return withChange(sim, at, { state: 'terminated', bars: [dataBar('terminated', at)] });
}

/** Whether data is blocked. A SIM is active or in test status exactly when it has no bars. */
export function isBarred(sim: Pick<Sim, 'bars'>): boolean {
  return sim.bars.length > 0;
}

/**
 * A changed SIM. Every change ends a pending one. The SIM is never dated before the previous change, even if concurrent changes
 * arrive out of order.
 */
export function withChange({ pendingChange: _ended, termStart, ...sim }: Sim, at: string, change: Partial<Sim>): Sim {
  const state = change.state ?? sim.state;
  const when = laterOf(sim.updatedAt, at);
  const after = {
    ...sim,
    ...change,
    state,
    stateChangedAt: state === sim.state ? sim.stateChangedAt : when,
    updatedAt: when,
    version: sim.version + 1,
  };
  const start = termStartAfter({ ...sim, ...(termStart ? { termStart } : {}) }, after, when);
  return start === undefined ? after : { ...after, termStart: start };
}

function dataBar(reason: string, since: string): Bar {
  return { type: 'data', reason, since };
}
