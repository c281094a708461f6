import type * as z from 'zod';
import type { alarmSchema, firingSchema } from '../../../contract/alarm.ts';
import { DAY_MS } from '../../../domain/time-units.ts';
import type { CloudUnderTest } from './local-cloud.ts';
import { is, type Partner, type Sim } from './partner.ts';

export type Alarm = z.infer<typeof alarmSchema>;
export type Firing = z.infer<typeof firingSchema>;

/** A partner's alarms, and usage that trips them. */
export function alarmsOf(cloud: CloudUnderTest, partner: Partner) {
  return {
    /** Creates an alarm. Default: notifies when a SIM has used 80 % of its allowance. */
    anAlarm: async (fields: Partial<Alarm> & Pick<Alarm, 'scope'>) =>
      is(
        201,
        await partner.api.post<Alarm>('/v1/alarms', {
          name: 'Much',
          measure: 'sim',
          threshold: { percent: 80 },
          action: 'notify',
          ...fields,
        }),
      ),
    firingsOf: (alarm: Alarm) => partner.all<Firing>(`/v1/alarms/${alarm.id}/firings`),
    /** Active SIMs of a new customer service with a pool. */
    async activeSims(quantity = 20): Promise<Sim[]> {
      const { customer, service } = await partner.aCustomerWithService({ tariffId: 'trf_customer_pool' });
      const { id: partnerServiceId } = await partner.aPartnerService();
      const plan = { partnerServiceId, customerId: customer.id, customerServiceId: service.id, activate: true };
      const { id } = await partner.orders({ operatorId: 'a1', quantity, plan });
      await partner.orderIn(id, 'fulfilled');
      return partner.sims({ orderId: id });
    },
    scopeOf: ([first]: readonly Sim[]) => ({ customerServiceId: first?.customerServiceId ?? '' }),
    /** Records usage of each SIM at the current time, so that it counts for the current month. */
    use: (sims: readonly Sim[], bytes: number) =>
      Promise.all(sims.map(({ iccid }) => cloud.operator('a1').uses({ iccid, bytes }))),
    /** Sets the clock to the start of the next month, so that a whole month is left. */
    async nextMonth(): Promise<void> {
      const now = await cloud.clock.now();
      const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
      await cloud.clock.skip({ days: (start - now.getTime()) / DAY_MS });
    },
  };
}
