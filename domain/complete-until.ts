import { isPartnerServiceId, type OperatorId, type ServiceId } from './ids.ts';
import { operatorOfHoldingService } from './service.ts';
import type { Tariff } from './tariff.ts';
import type { ServiceSum } from './usage.ts';

/**
 * The operators whose usage a service may have: those that its sums name or, if they name none or not all, those that its tariff
 * covers. A holding service has the usage of its operator.
 *
 * @param sums of the period and of the one before, so that an operator that reports nothing at the moment is not forgotten.
 */
export function operatorsOfService(
  serviceId: ServiceId,
  sums: readonly Pick<ServiceSum, 'operators'>[],
  tariff: Pick<Tariff, 'operatorIds'> | undefined,
): readonly OperatorId[] {
  const holding = isPartnerServiceId(serviceId) ? operatorOfHoldingService(serviceId) : undefined;
  if (holding !== undefined) {
    return [holding];
  }
  const named = sums.map(({ operators }) => operators);
  const areAllNamed = named.length > 0 && named.every((operators) => operators !== undefined);
  return areAllNamed ? [...new Set(named.flatMap((operators) => operators ?? []))] : (tariff?.operatorIds ?? []);
}

/**
 * Until when the usage of all of these operators is in: the earliest of their times.
 *
 * @returns `undefined` when it is unknown for one of them.
 */
export function earliestCompleteUntil(
  operatorIds: readonly OperatorId[],
  completeUntil: ReadonlyMap<OperatorId, string>,
): string | undefined {
  const times = operatorIds.map((id) => completeUntil.get(id));
  return times.includes(undefined) ? undefined : times.filter((time) => time !== undefined).sort()[0];
}

/** Until when usage that came as files is in: the newest record of all files. A record from the future counts as of now. */
export function completeUntilOfFile(
  records: readonly { at: string }[],
  before: string | undefined,
  now: Date,
): string | undefined {
  const [newest] = records
    .map(({ at }) => at)
    .sort()
    .reverse();
  const [ofFile] = newest === undefined ? [] : [newest, now.toISOString()].sort();
  return [before ?? '', ofFile ?? ''].sort().at(-1) || undefined;
}
