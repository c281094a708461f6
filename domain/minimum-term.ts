import { type CalendarDay, calendarDay } from './calendar-day.ts';
import type { TariffId } from './ids.ts';
import { laterOf } from './moment.ts';
import type { Sim } from './sim.ts';

/*
 * Minimum terms. A SIM is bound by the tariff of its partner service towards the wholesaler, and by that of its customer service towards the
 * partner. A term counts from the day on which the SIM was first active on the service and its tariff. It prevents nothing: ending it
 * early gives a warning.
 */

/**
 * The days on which a SIM was first active on its present services. Not stored while both are the day of its last change of state.
 */
export type TermStart = { partner?: CalendarDay; customer?: CalendarDay };

/** The two tariffs that bind a SIM. */
export type TermSide = keyof TermStart;

type Placed = Pick<Sim, 'state' | 'stateChangedAt' | 'partnerServiceId' | 'customerServiceId' | 'termStart'>;

/** The states of a SIM that has been active on its services. */
const isInService = ({ state }: Pick<Sim, 'state'>) => state === 'active' || state === 'suspended';

/**
 * The day from which the term of a SIM's tariff counts; `undefined` before its activation. Of a suspended SIM that an earlier release activated, it
 * is the day of the suspension, the latest possible one.
 */
export function termStartOf(
  sim: Omit<Placed, 'partnerServiceId' | 'customerServiceId'>,
  side: TermSide,
): CalendarDay | undefined {
  return (
    sim.termStart?.[side] ?? (sim.termStart === undefined && isInService(sim) ? dayOf(sim.stateChangedAt) : undefined)
  );
}

/**
 * The starts of a SIM's terms after a change at a time. A start stays while the SIM is on the service, even if it is suspended or returned to
 * stock. A SIM that becomes active starts, and a SIM in service that moves to another service starts there. Test status starts no term. A terminated SIM has no term.
 */
export function termStartAfter(before: Placed, after: Placed, at: string): TermStart | undefined {
  if (after.state === 'terminated') {
    return undefined;
  }
  const startOn = (side: TermSide, isSameService: boolean) => {
    const start = termStartOf(before, side);
    if (isSameService && start !== undefined) {
      return start;
    }
    return after.state === 'active' || (isInService(after) && start !== undefined) ? dayOf(at) : undefined;
  };
  const partner = startOn('partner', before.partnerServiceId === after.partnerServiceId);
  const customer =
    after.customerServiceId === undefined
      ? undefined
      : startOn('customer', before.customerServiceId === after.customerServiceId);
  // Nothing is stored as long as the change of state shows it: the main job's items do not grow.
  const shown = isInService(after) ? dayOf(after.stateChangedAt) : undefined;
  return partner === shown && customer === shown
    ? undefined
    : { ...(partner === undefined ? {} : { partner }), ...(customer === undefined ? {} : { customer }) };
}

/** The tariff of a service, as far as minimum terms depend on it. */
export type TermTariff = {
  tariffId: TariffId;
  minimumTermMonths: number;
  /** Since when the service has the tariff, if it had another one before. RFC 3339, UTC. */
  since?: string | undefined;
};

/** The days on which the minimum terms of a SIM end; absent without a term. A terminated SIM has none. */
export type TermEnds = { partner?: CalendarDay; customer?: CalendarDay };

/** When the minimum terms of a SIM end: the tariff's months after the start, or after the service got the tariff if that was later. */
export function termEndsOf(
  sim: Pick<Sim, 'state' | 'stateChangedAt' | 'termStart'>,
  tariffs: Partial<Record<TermSide, TermTariff | undefined>>,
): TermEnds {
  const endOn = (side: TermSide) => {
    const start = termStartOf(sim, side);
    const tariff = tariffs[side];
    if (start === undefined || tariff === undefined || tariff.minimumTermMonths === 0 || sim.state === 'terminated') {
      return undefined;
    }
    const since = tariff.since === undefined ? start : dayOf(tariff.since);
    return plusMonths(laterOf(since, start), tariff.minimumTermMonths);
  };
  const [partner, customer] = [endOn('partner'), endOn('customer')];
  return { ...(partner === undefined ? {} : { partner }), ...(customer === undefined ? {} : { customer }) };
}

/** The later end of the terms that a caller may know: users of a customer do not see the partner's tariff. */
export function termEndsOn({ partner, customer }: TermEnds, viewer: TermSide): CalendarDay | undefined {
  return viewer === 'customer'
    ? customer
    : [partner, customer]
        .filter((day) => day !== undefined)
        .sort()
        .at(-1);
}

/** A consequence that an action has although it is allowed. */
export type SimWarning = { code: 'within_term'; until: CalendarDay };

/**
 * The warnings of an action that the rules allow on a SIM: a termination ends both terms, an unassignment the customer's, a move to a
 * service with another tariff that of the service.
 *
 * @param target the tariff of the service that the SIM moves to.
 */
export function termWarnings(
  action: 'terminate' | 'unassign' | 'assign' | 'migrate',
  ends: TermEnds,
  { tariffs, target }: { tariffs: Partial<Record<TermSide, TermTariff | undefined>>; target?: TariffId | undefined },
  at: string,
): SimWarning[] {
  const endOf = (side: TermSide) => (tariffs[side]?.tariffId === target ? undefined : ends[side]);
  const until = {
    terminate: () => termEndsOn(ends, 'partner'),
    unassign: () => ends.customer,
    assign: () => endOf('customer'),
    migrate: () => endOf('partner'),
  }[action]();
  return until !== undefined && dayOf(at) < until ? [{ code: 'within_term', until }] : [];
}

/** The same day of a later month, or its last day if the month is shorter. */
export function plusMonths(day: CalendarDay, months: number): CalendarDay {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const lastDate = Number(calendarDay(year, month + months + 1, 0).slice(8));
  return calendarDay(year, month + months, Math.min(date, lastDate));
}

const dayOf = (at: string): CalendarDay => at.slice(0, 10);
