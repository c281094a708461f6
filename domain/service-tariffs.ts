import { periodEnd } from './allowance.ts';
import type { OperatorId, TariffId } from './ids.ts';
import { laterOf } from './moment.ts';
import { covers, type Tariff } from './tariff.ts';
import { dayOf, type Period, periodOf } from './usage.ts';

/*
 * The tariffs of a service over time. A service always has one tariff, perhaps another one from the next period on, and the list of its
 * earlier ones. The tariff of a moment follows from these, so that no job has to make a change take effect.
 */

/** A tariff that a service had until a moment (RFC 3339, UTC, exclusive). */
export type FormerTariff = { tariffId: TariffId; until: string };

/** The tariff that a service will have from a moment on (RFC 3339, UTC, inclusive): the start of a period. */
export type NextTariff = { tariffId: TariffId; from: string };

/** The tariffs of a service. */
export type TariffTimes = {
  tariffId: TariffId;
  nextTariff?: NextTariff;
  /** Oldest first. */
  formerTariffs?: readonly FormerTariff[];
};

/** Holding services have no tariff. */
type WithTariffs = Partial<TariffTimes> & { updatedAt: string };

/** When a change of tariff takes effect: for the whole current period, or from the next one on. */
export const tariffChangeTimes = ['now', 'next_period'] as const;

export type TariffChangeTime = (typeof tariffChangeTimes)[number];

/** The most earlier tariffs that a service keeps: at most one for each day. */
const MAX_FORMER_TARIFFS = 200;

/** The service as it is at a moment: from its time on, the next tariff is the tariff. */
export function withDueTariff<Service extends WithTariffs>(service: Service, at: string): Service {
  const { nextTariff, tariffId, ...rest } = service;
  if (nextTariff === undefined || tariffId === undefined || at < nextTariff.from) {
    return service;
  }
  const due = {
    ...rest,
    ...replaced({ tariffId, formerTariffs: rest.formerTariffs ?? [] }, nextTariff.tariffId, nextTariff.from),
    updatedAt: laterOf(service.updatedAt, nextTariff.from),
  };
  // Safe: only `nextTariff` was removed, which is optional in every service.
  return due as unknown as Service;
}

/**
 * The tariffs of a service after a request for another one. A request for the current tariff withdraws the next one; any other request
 * replaces it.
 */
export function changeTariff(
  { tariffId, formerTariffs = [] }: TariffTimes,
  requested: TariffId,
  effective: TariffChangeTime,
  at: string,
): TariffTimes {
  const current = { tariffId, ...(formerTariffs.length > 0 ? { formerTariffs } : {}) };
  if (requested === tariffId) {
    return current;
  }
  return effective === 'now'
    ? replaced({ tariffId, formerTariffs }, requested, at)
    : { ...current, nextTariff: { tariffId: requested, from: nextPeriodStart(at) } };
}

/** The start of the period after that of a moment, RFC 3339, UTC. */
export function nextPeriodStart(at: string): string {
  return new Date(periodEnd(periodOf(at))).toISOString();
}

/** The tariff replaced by another one. A tariff that a service had for a part of a day only is not kept. */
function replaced(
  { tariffId, formerTariffs }: { tariffId: TariffId; formerTariffs: readonly FormerTariff[] },
  next: TariffId,
  at: string,
): TariffTimes {
  const last = formerTariffs.at(-1);
  const isOfThisDay = last !== undefined && dayOf(last.until) === dayOf(at);
  const former = isOfThisDay ? formerTariffs : [...formerTariffs, { tariffId, until: at }];
  const kept = former.at(-1)?.tariffId === next ? former.slice(0, -1) : former.slice(-MAX_FORMER_TARIFFS);
  return { tariffId: next, ...(kept.length > 0 ? { formerTariffs: kept } : {}) };
}

/** The tariff of a service at a moment; before its oldest known tariff, that one. */
export function tariffAt({ tariffId, nextTariff, formerTariffs = [] }: TariffTimes, at: string): TariffId {
  return nextTariff && at >= nextTariff.from
    ? nextTariff.tariffId
    : (formerTariffs.find(({ until }) => at < until)?.tariffId ?? tariffId);
}

/**
 * The tariff whose allowance holds in a period: the one at its end. A change within a period therefore applies to the whole period.
 */
export function tariffOfPeriod(times: TariffTimes, period: Period): TariffId {
  return tariffAt(times, new Date(periodEnd(period) - 1).toISOString());
}

/** Since when a service has its tariff, RFC 3339, UTC; `undefined` when it has had no other. */
export function tariffSince({ formerTariffs = [] }: Pick<TariffTimes, 'formerTariffs'>): string | undefined {
  return formerTariffs.at(-1)?.until;
}

/** The operators that one tariff covers and another does not: only their SIMs can prevent the change from the one to the other. */
export function lostOperators(
  from: Pick<Tariff, 'operatorIds'>,
  to: Pick<Tariff, 'operatorIds'>,
): Tariff['operatorIds'] {
  return from.operatorIds.filter((id) => !covers(to, id));
}

/** A service with its tariff and, if it will have another one, that one. */
export type TariffsOfService = {
  service: { name: string };
  tariff: Pick<Tariff, 'operatorIds'> | undefined;
  nextTariff?: Pick<Tariff, 'operatorIds'> | undefined;
};

/**
 * Why SIMs of an operator cannot be on a service, as a sentence; `undefined` when they can. The tariff from the next period on must cover
 * them, too: it takes effect whatever SIMs are on the service by then.
 */
export function uncoveredBy(
  { service, tariff, nextTariff }: TariffsOfService,
  operator: { id: OperatorId; name: string },
): string | undefined {
  if (!tariff || !covers(tariff, operator.id)) {
    return `The tariff of "${service.name}" does not cover SIMs of ${operator.name}.`;
  }
  return nextTariff && !covers(nextTariff, operator.id)
    ? `The tariff of "${service.name}" from the next period on does not cover SIMs of ${operator.name}.`
    : undefined;
}
