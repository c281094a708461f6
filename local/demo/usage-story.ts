import { DAY_MS } from '../../domain/time-units.ts';
import { poll } from '../poll.ts';
import type { Client } from './client.ts';
import type { DemoOperators } from './demo-operators.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import type { DemoView } from './stage.ts';

type Sim = { iccid: string; operatorId: string };
type ServiceUsage = {
  period: string;
  usedBytes: number;
  allowanceBytes: number;
  topSims: { iccid: string; bytes: number }[];
  forecast?: string;
};
type Created = { id: string };

const MB = 1_000_000;
/** The number of groups of devices; one group sends at a time. */
const GROUPS = 9;
/** Devices differ in their usage: four megabytes on average. */
const bytesOf = (index: number) => (2 + ((index * 7) % 5)) * MB;

/**
 * Runs the guide's last step: the devices send data, the pool fills, an alarm fires, and the partner's server is notified.
 *
 * @returns the number of SIMs that have usage.
 * @throws when anything differs from the guide.
 */
export async function runUsageStory(
  { api, view, operators }: { api: Client; view: DemoView; operators: DemoOperators },
  customerServiceId: string,
  sims: readonly Sim[],
): Promise<number> {
  const receiver = await startReceiver(api, ['alarm.fired']);
  try {
    const alarm = await api.post<Created>('/v1/alarms', {
      name: 'Pool at 80 %',
      scope: { customerServiceId },
      measure: 'pool',
      threshold: { percent: 80 },
      action: 'notify',
    });
    view.line(`An alarm monitors the pool, and a webhook notifies ${receiver.url}`);
    const usageOf = (period = '') =>
      api.get<ServiceUsage>(`/v1/customer-services/${customerServiceId}/usage${period && `?period=${period}`}`);
    await send({ operators, view, usageOf, sims, until: () => firedAlarm(receiver, alarm.id) !== undefined });
    const event = firedAlarm(receiver, alarm.id);
    const used = inMegabytes(Number(event?.data.usedBytes));
    view.good(`Received alarm.fired with a valid signature: ${used} of the pool are used`);
    // The month of the alarm may have ended meanwhile.
    chart(view, await usageOf(String(event?.data.period)));
    return await countWithUsage(api, sims);
  } finally {
    receiver.stop();
  }
}

const firedAlarm = ({ events }: Receiver, alarmId: string) => events.find(({ data }) => data.alarmId === alarmId);

const inMegabytes = (bytes: number) => `${(bytes / MB).toFixed(0)} MB`;

type Sending = {
  operators: DemoOperators;
  view: DemoView;
  usageOf: () => Promise<ServiceUsage>;
  sims: readonly Sim[];
  until: () => boolean;
};

/** Sends data of one group of devices after the other. A new month starts with an empty pool. */
async function send({ operators, view, usageOf, sims, until }: Sending): Promise<void> {
  const { allowanceBytes } = await usageOf();
  const updateBar = view.bar('pool (MB)', allowanceBytes / MB);
  let turn = 0;
  await poll('the alarm to fire', async () => {
    if (turn < GROUPS || !until()) {
      const group = [...sims.entries()].filter(([index]) => index % GROUPS === turn % GROUPS);
      await operators.use(
        group.map(([index, { iccid, operatorId }]) => ({ iccid, operatorId, bytes: bytesOf(index) })),
      );
      turn += 1;
    }
    const { usedBytes, period, forecast } = await usageOf();
    updateBar(usedBytes / MB, `${period}${forecast === undefined ? '' : `, lasts until ${forecast}`}`);
    return turn >= GROUPS && until() ? true : undefined;
  });
}

const MAX_BAR_WIDTH = 40;

function chart(view: DemoView, { period, topSims }: ServiceUsage): void {
  const most = topSims[0]?.bytes ?? 0;
  view.line(`SIMs with the highest usage in ${period}`);
  for (const { iccid, bytes } of topSims) {
    view.line(
      `  ${iccid} ${'█'.repeat(Math.max(1, Math.round((bytes / most) * MAX_BAR_WIDTH)))} ${inMegabytes(bytes)}`,
    );
  }
}

/** Counts the SIMs with usage. Every device has sent data; the last records may still be in transit. */
async function countWithUsage(api: Client, sims: readonly Sim[]): Promise<number> {
  return poll('the usage of every SIM', async () => {
    const totals = await Promise.all(
      sims.map(({ iccid }) =>
        api.get<{ totalBytes: number }>(`/v1/sims/${iccid}/usage?granularity=day&from=${aYearAgo()}`),
      ),
    );
    const count = totals.filter(({ totalBytes }) => totalBytes > 0).length;
    return count === sims.length ? count : undefined;
  });
}

const aYearAgo = () => new Date(Date.now() - 300 * DAY_MS).toISOString().slice(0, 10);
