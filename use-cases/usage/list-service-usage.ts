import type { CustomerServiceRecord, PartnerServiceRecord } from '../../adapters/dynamodb/services.ts';
import { getTariffs } from '../../adapters/dynamodb/tariffs.ts';
import { sumsOfServices } from '../../adapters/dynamodb/usage.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { type UsageOfService, usageOfService } from '../../domain/service-usage.ts';
import type { Period } from '../../domain/usage.ts';
import type { PageRequest } from '../fill-page.ts';
import { listCustomerServices } from '../services/read-customer-services.ts';
import { listPartnerServices } from '../services/read-partner-services.ts';
import { termsInPeriod } from '../services/terms-in-period.ts';

type Service = PartnerServiceRecord | CustomerServiceRecord;

/**
 * A page of the usage in a month of all services that the caller may see: partner services by id, then customer services by id. Reads
 * the sums of all services of the page together, and each tariff once.
 */
export async function listServiceUsage(
  caller: PartnerCaller,
  period: Period,
  page: PageRequest,
): Promise<{ items: UsageOfService[]; next?: string | undefined }> {
  const { items: services, next } = await visibleServices(caller, page);
  const [tariffs, sums] = await Promise.all([
    getTariffs(services.flatMap(({ tariffId }) => tariffId ?? [])),
    sumsOfServices(
      caller.partnerId,
      services.map(({ id }) => id),
      period,
    ),
  ]);
  const items = await Promise.all(
    services.map(async (service) => {
      const tariff = service.tariffId && tariffs.get(service.tariffId);
      const terms = await termsInPeriod({ service, tariff: tariff || undefined }, period);
      return usageOfService(service, terms, sums.get(service.id) ?? []);
    }),
  );
  return { items, next };
}

/** The positions of customer services in the list begin with this. */
const CUSTOMER_SERVICES = 'customers:';

async function visibleServices(
  caller: PartnerCaller,
  { limit, after = '' }: PageRequest,
): Promise<{ items: Service[]; next?: string }> {
  if (caller.kind === 'customer' || after.startsWith(CUSTOMER_SERVICES)) {
    return customerServices(limit, after.slice(CUSTOMER_SERVICES.length));
  }
  const partnerServices = await listPartnerServices(caller.partnerId, { limit, ...(after === '' ? {} : { after }) });
  const room = limit - partnerServices.items.length;
  if (partnerServices.next !== undefined) {
    return partnerServices;
  }
  const rest = await customerServices(Math.max(room, 1), '');
  if (room > 0) {
    return { ...rest, items: [...partnerServices.items, ...rest.items] };
  }
  return { items: partnerServices.items, ...(rest.items.length > 0 ? { next: CUSTOMER_SERVICES } : {}) };

  async function customerServices(size: number, position: string) {
    const page = { limit: size, ...(position === '' ? {} : { after: position }) };
    const { items, next } = await listCustomerServices(caller, undefined, page);
    return { items, ...(next === undefined ? {} : { next: `${CUSTOMER_SERVICES}${next}` }) };
  }
}
