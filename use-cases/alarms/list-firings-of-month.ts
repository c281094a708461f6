import { allAlarms, queryFiringsInPeriod } from '../../adapters/dynamodb/alarms.ts';
import { getCustomerServices } from '../../adapters/dynamodb/services.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import type { Alarm, Firing } from '../../domain/alarm.ts';
import type { Period } from '../../domain/usage.ts';
import type { PageRequest } from '../fill-page.ts';

/** The number of alarms whose firings are read concurrently. */
const ALARMS_AT_ONCE = 16;

/**
 * A page of the firings in a month of all alarms that the caller may see: by alarm, oldest alarm first, then by SIM or service. Reads each
 * alarm until the page is full.
 */
export async function listFiringsOfMonth(
  caller: PartnerCaller,
  period: Period,
  { limit, after }: PageRequest,
): Promise<{ items: Firing[]; next?: string }> {
  const [startId, startSubject] = after?.split('#') ?? [];
  const alarms = (await visibleAlarms(caller)).filter(({ id }) => startId === undefined || id >= startId);
  const found: Firing[] = [];
  for (let start = 0; start < alarms.length && found.length <= limit; start += ALARMS_AT_ONCE) {
    const wanted = limit + 1 - found.length;
    const pages = await Promise.all(
      alarms
        .slice(start, start + ALARMS_AT_ONCE)
        .map(({ id }) =>
          queryFiringsInPeriod(
            caller.partnerId,
            { alarmId: id, period },
            wanted,
            id === startId ? startSubject : undefined,
          ),
        ),
    );
    found.push(...pages.flat());
  }
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, ...(last && found.length > limit ? { next: `${last.alarmId}#${last.subject}` } : {}) };
}

/** The alarms whose firings the caller may list: for users of a customer, those on the customer's services. */
async function visibleAlarms(caller: PartnerCaller): Promise<Alarm[]> {
  const alarms = await allAlarms(caller.partnerId);
  if (caller.kind === 'partner') {
    return alarms;
  }
  const ids = new Set(alarms.flatMap(({ scope }) => ('customerServiceId' in scope ? [scope.customerServiceId] : [])));
  const services = await getCustomerServices(caller.partnerId, [...ids]);
  const own = new Set(services.filter(({ customerId }) => customerId === caller.customerId).map(({ id }) => id));
  return alarms.filter(({ scope }) => 'customerServiceId' in scope && own.has(scope.customerServiceId));
}
