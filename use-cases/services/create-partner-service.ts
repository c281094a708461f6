import { insertPartnerService } from '../../adapters/dynamodb/services.ts';
import type { NewId, PartnerId, TariffId } from '../../domain/ids.ts';
import type { PartnerService } from '../../domain/service.ts';
import { tariffForService } from './tariff-for-service.ts';

/**
 * Creates a partner service.
 *
 * @throws Refusal `invalid_input` when the tariff was not granted to the partner, or is for customers.
 */
export async function createPartnerService(
  partnerId: PartnerId,
  { name, tariffId, notes }: { name: string; tariffId: TariffId; notes?: string | undefined },
  { now, newId }: { now: Date; newId: NewId },
): Promise<PartnerService> {
  const at = now.toISOString();
  const tariff = await tariffForService(partnerId, tariffId, 'partner');
  return insertPartnerService(partnerId, {
    id: newId('partnerService'),
    name,
    tariffId: tariff.id,
    ...(notes === undefined ? {} : { notes }),
    holding: false,
    createdAt: at,
    updatedAt: at,
    version: 1,
  });
}
