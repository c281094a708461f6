import { covers } from '../../../../domain/tariff.ts';
import type { Resource } from '../../api/client.ts';

type Tariff = Resource<'Tariff'>;

/** The services whose tariffs cover an operator: only to these can its SIMs be migrated or assigned. */
export function coveringServices<Service extends { tariffId?: string }>(
  services: readonly Service[],
  tariffs: readonly Tariff[],
  operatorId: string,
): Service[] {
  const covering = new Set(tariffs.filter((tariff) => coversOperator(tariff, operatorId)).map(({ id }) => id));
  return services.filter(({ tariffId }) => tariffId !== undefined && covering.has(tariffId));
}

/** The tariffs for partner or customer services that cover an operator. */
export function coveringTariffs(
  tariffs: readonly Tariff[],
  { operatorId, audience }: { operatorId: string; audience: Tariff['audience'] },
): Tariff[] {
  return tariffs.filter((tariff) => tariff.audience === audience && coversOperator(tariff, operatorId));
}

function coversOperator({ operatorIds }: Tariff, operatorId: string): boolean {
  // Safe: ids of operators from the API have the form of the domain's type.
  return covers({ operatorIds } as Parameters<typeof covers>[0], operatorId as Parameters<typeof covers>[1]);
}
