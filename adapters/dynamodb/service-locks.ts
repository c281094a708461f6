import type { CustomerServiceId, PartnerId, PartnerServiceId, ServiceId } from '../../domain/ids.ts';
import type { CustomerService, PartnerService } from '../../domain/service.ts';
import { ConditionFailed, exists } from './conditions.ts';
import { serviceKey } from './keys.ts';
import {
  addTariffs,
  asOfNow,
  type CustomerServiceRecord,
  type PartnerServiceRecord,
  type WithTariff,
} from './services.ts';
import { update } from './write-requests.ts';
import { updateAndGet, writeIf } from './writes.ts';

/**
 * Locks a partner service while a shard of an operation adds SIMs to it: it is not deleted, and its tariff changes only to one that covers
 * at least as many operators.
 *
 * @returns the service with its tariffs; `undefined` when there is no such service.
 */
export function lockPartnerService(
  partnerId: PartnerId,
  id: PartnerServiceId,
  worker: string,
): Promise<WithTariff<PartnerServiceRecord> | undefined> {
  return acquireServiceLock<PartnerServiceRecord>(partnerId, id, worker);
}

/** Locks a customer service in the same way. */
export function lockCustomerService(
  partnerId: PartnerId,
  id: CustomerServiceId,
  worker: string,
): Promise<WithTariff<CustomerServiceRecord> | undefined> {
  return acquireServiceLock<CustomerServiceRecord>(partnerId, id, worker);
}

async function acquireServiceLock<Service extends PartnerService | CustomerService>(
  partnerId: PartnerId,
  id: ServiceId,
  worker: string,
): Promise<WithTariff<Service> | undefined> {
  try {
    const change = { add: { workers: new Set([worker]), joins: 1 } };
    return await addTariffs(asOfNow(await updateAndGet<Service>(serviceKey(partnerId, id), change, exists)));
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}

/** Releases the locks of a service. Idempotent. */
export async function releaseServiceLock(
  partnerId: PartnerId,
  id: ServiceId,
  workers: readonly string[],
): Promise<void> {
  if (workers.length === 0) {
    // DynamoDB has no empty sets.
    return;
  }
  await writeIf(update(serviceKey(partnerId, id), { removeFromSet: { workers: new Set(workers) } }, exists));
}
