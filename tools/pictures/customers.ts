import type { Client } from '../../local/demo/client.ts';
import { operatorByHand } from '../../local/operator-settings.ts';

type Created = { id: string };

/** The customer of some SIMs, with the services of both sides. */
type Target = { partnerServiceId: string; customerId: string; customerServiceId: string };

export type Targets = Record<'northwind' | 'lifts' | 'harbour' | 'depot', Target>;

/** Customers as partners have them, each with a service of its own. */
export async function createCustomers(partner: Client): Promise<Targets> {
  const europe = await createPartnerService(partner, 'Europe', 'trf_partner_all');
  const byHand = await createPartnerService(partner, 'Germany', 'trf_hand_partner');
  const customer = async (
    name: string,
    shortName: string,
    service: string,
    tariffId: string,
    partnerServiceId: string,
  ) => {
    const { id: customerId } = await partner.post<Created>('/v1/customers', {
      name,
      shortName,
      contact: { name: 'Robin Clarke', email: `sims@${shortName.toLowerCase()}.example` },
    });
    const body = { customerId, tariffId, name: service };
    const { id: customerServiceId } = await partner.post<Created>('/v1/customer-services', body);
    return { partnerServiceId, customerId, customerServiceId };
  };
  return {
    northwind: await customer('Northwind Meters Ltd', 'Northwind', 'Smart meters', 'trf_customer_pool', europe),
    lifts: await customer('Alpine Lifts GmbH', 'Alpine', 'Lift telephones', 'trf_customer_all', europe),
    harbour: await customer('Harbour Pumps Ltd', 'Harbour', 'Pump sensors', 'trf_customer_all', europe),
    depot: await customer('Hansa Depots AG', 'Hansa', 'Depot gates', 'trf_hand_customer', byHand),
  };
}

async function createPartnerService(partner: Client, name: string, tariffId: string): Promise<string> {
  const service = await partner.post<Created>('/v1/partner-services', { name, tariffId });
  return service.id;
}

/** An operator for which the wholesaler's staff do everything, and tariffs of it for the demo partner. */
export async function createOperatorByHand(platform: Client): Promise<void> {
  await platform.put('/v1/platform/operators/portal', operatorByHand);
  for (const audience of ['partner', 'customer']) {
    const tariffId = `trf_hand_${audience}`;
    await platform.put(`/v1/platform/tariffs/${tariffId}`, {
      name: audience === 'partner' ? 'Partner Germany' : 'Germany 1 GB',
      operatorIds: ['portal'],
      networks: [operatorByHand.name],
      allowanceBytes: 1_000_000_000,
      pooling: 'per_sim',
      minimumTermMonths: 12,
      monthlyPrice: { amount: '1.40', currency: 'EUR' },
      audience,
    });
    await platform.put(`/v1/platform/partners/demo/tariffs/${tariffId}`);
  }
}
