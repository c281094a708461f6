import { formatDay } from '../app/format.ts';
import * as text from '../text/index.ts';
import type { Service } from './service-kind.ts';

/** The tariff that a service has from the next month on, if it changes. Months are in UTC. */
export function NextTariff({ change, nameOf }: { change: Service['nextTariff']; nameOf: (id: string) => string }) {
  return change
    ? text.services.nextTariff(nameOf(change.tariffId), formatDay(change.from.slice(0, 10)))
    : text.shell.none;
}
