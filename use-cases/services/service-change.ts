import type {
  CustomerServiceRecord,
  PartnerServiceRecord,
  ServiceChange,
  WithTariff,
} from '../../adapters/dynamodb/services.ts';
import { countSimsOfOperators } from '../../adapters/dynamodb/uncovered-sims.ts';
import type { PartnerId, TariffId } from '../../domain/ids.ts';
import { changeTariff, lostOperators, type TariffChangeTime } from '../../domain/service-tariffs.ts';
import type { Tariff } from '../../domain/tariff.ts';
import { invalidInput, Refusal } from '../refusal.ts';
import { tariffForService } from './tariff-for-service.ts';

/** What a request changes about a service. Omitted fields stay; `null` removes the notes. */
export type ServicePatch = {
  name?: string | undefined;
  notes?: string | null | undefined;
  tariffId?: TariffId | undefined;
  effectiveAt?: TariffChangeTime | undefined;
};

type AnyServiceRecord = PartnerServiceRecord | CustomerServiceRecord;

/**
 * The change that a request asks for.
 *
 * @throws Refusal `invalid_input` when the tariff was not granted to the partner or is for the other audience, or when a time is given
 *   without a tariff.
 * @throws Refusal `tariff_mismatch` when the service has SIMs of operators that the tariff does not cover.
 * @throws Refusal `in_use` when an operation is adding SIMs that the tariff may not cover.
 */
export async function serviceChangeOf(
  partnerId: PartnerId,
  service: WithTariff<AnyServiceRecord>,
  { name, notes, tariffId, effectiveAt }: ServicePatch,
  audience: Tariff['audience'],
  at: string,
): Promise<ServiceChange> {
  if (tariffId === undefined && effectiveAt !== undefined) {
    const message = 'tariffId is required with effectiveAt.';
    throw invalidInput([{ pointer: '/tariffId', code: 'required', message }]);
  }
  const tariffs =
    tariffId === undefined
      ? { set: {}, remove: [] }
      : await tariffChange(partnerId, service, { tariffId, effectiveAt, audience }, at);
  return {
    ...tariffs,
    set: {
      ...tariffs.set,
      ...(name === undefined ? {} : { name }),
      ...(typeof notes === 'string' ? { notes } : {}),
    },
    remove: [...tariffs.remove, ...(notes === null ? ['notes'] : [])],
  };
}

async function tariffChange(
  partnerId: PartnerId,
  { service, tariff }: WithTariff<AnyServiceRecord>,
  requested: { tariffId: TariffId; effectiveAt?: TariffChangeTime | undefined; audience: Tariff['audience'] },
  at: string,
): Promise<ServiceChange> {
  const { tariffId: currentId = requested.tariffId, nextTariff, formerTariffs } = service;
  const isOther = requested.tariffId !== currentId;
  const isCovered =
    isOther &&
    (await requireCoverage(
      partnerId,
      service,
      tariff,
      await tariffForService(partnerId, requested.tariffId, requested.audience),
    ));
  const { tariffId, ...after } = changeTariff(
    {
      tariffId: currentId,
      ...(nextTariff ? { nextTariff } : {}),
      ...(formerTariffs ? { formerTariffs } : {}),
    },
    requested.tariffId,
    requested.effectiveAt ?? 'now',
    at,
  );
  const removed = (['nextTariff', 'formerTariffs'] as const).filter((name) => after[name] === undefined);
  return { set: { tariffId, ...after }, remove: [...removed], ...(isCovered ? { isCovered } : {}) };
}

/**
 * Checks that another tariff covers all SIMs of a service.
 *
 * @returns whether SIMs were counted. If not, the tariff covers at least the operators of the current one, and so any SIM that joins.
 */
async function requireCoverage(
  partnerId: PartnerId,
  { id, sims, workers }: AnyServiceRecord,
  current: Tariff | undefined,
  next: Tariff,
): Promise<boolean> {
  const lost = current ? lostOperators(current, next) : [];
  if (lost.length === 0) {
    return false;
  }
  if (workers) {
    throw new Refusal(
      'in_use',
      `An operation is adding SIMs to the service, and tariff ${next.id} does not cover ${lost.join(', ')}. Retry when the operation has finished.`,
    );
  }
  const uncovered = sims > 0 ? await countSimsOfOperators(partnerId, id, lost) : 0;
  if (uncovered > 0) {
    const which = uncovered === 1 ? '1 SIM' : `${uncovered} SIMs`;
    const message = `Tariff ${next.id} does not cover ${which} of the service: it lacks ${lost.join(', ')}. Move these SIMs to another service first.`;
    throw new Refusal('tariff_mismatch', message, {
      errors: [{ pointer: '/tariffId', code: 'tariff_mismatch', message }],
    });
  }
  return true;
}
