import { randomUUID } from 'node:crypto';
import type { ScaledClock } from './clock.ts';
import type { Harsh } from './harsh/harsh-mode.ts';
import type { Functions } from './lambda/functions.ts';
import { account, region } from './template/identity.ts';
import type { SchedulePart } from './template/parts.ts';

/**
 * The minimum period of a schedule in real time, however fast the days pass. Infrequent schedules have three times this minimum,
 * because their delay matters less. Those that go through all SIMs once a day have ten minutes: they take long, and the local control
 * starts them when a SIM was changed at its operator (`runDaily`).
 */
const MIN_PERIOD_MS = 1_000;
const INFREQUENT_MS = 15 * 60_000;
const DAILY_MS = 20 * 3_600_000;

const minPeriodOf = ({ everyMs }: SchedulePart) =>
  MIN_PERIOD_MS * (everyMs >= DAILY_MS ? 600 : everyMs >= INFREQUENT_MS ? 3 : 1);

export type Schedules = {
  /** Runs the daily schedules without waiting for their time. */
  runDaily(): void;
  stop(): Promise<void>;
};

/** Runs the schedules of the template in scaled time. Runs of one schedule overlap only in harsh mode. */
export function startSchedules(
  parts: readonly SchedulePart[],
  options: { clock: ScaledClock; functions: Functions; harsh?: Pick<Harsh, 'overlaps'> | undefined },
): Schedules {
  const { clock, functions, harsh } = options;
  const stopping = new AbortController();
  let hastened = new AbortController();
  let timesHastened = 0;
  const nowMs = () => clock.now().getTime();
  for (const { name, functionArn } of parts) {
    functions.assertExists(functionArn, `Schedule ${name}`);
  }

  async function run(part: SchedulePart): Promise<void> {
    let previous = Promise.resolve();
    const { signal } = stopping;
    const periodMs = Math.max(part.everyMs, minPeriodOf(part) / clock.realMs(1));
    const isDaily = part.everyMs >= DAILY_MS;
    let seen = timesHastened;
    for (let due = nowMs() + periodMs; ; due = Math.max(due + periodMs, nowMs())) {
      if (!isDaily || seen === timesHastened) {
        const woken = isDaily ? AbortSignal.any([signal, hastened.signal]) : signal;
        await clock.sleep(due - nowMs(), { signal: woken, ref: false });
      }
      // The next run is a period after this one, also if this one was early.
      due = Math.min(due, nowMs());
      seen = timesHastened;
      if (signal.aborted) {
        await previous;
        return;
      }
      const event = part.input ?? scheduledEvent(part.name, clock.now());
      const current = functions.invokeAsynchronously(part.functionArn, event, signal);
      if (harsh?.overlaps()) {
        // At most two runs overlap: a slow machine would otherwise fall further and further behind.
        await previous;
        previous = current;
      } else {
        await current;
      }
    }
  }

  const runs = parts.map(run);
  return {
    runDaily() {
      timesHastened += 1;
      hastened.abort();
      hastened = new AbortController();
    },
    async stop() {
      stopping.abort();
      await Promise.all(runs);
    },
  };
}

/** The default event of EventBridge. */
function scheduledEvent(name: string, now: Date): string {
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    time: `${now.toISOString().slice(0, 19)}Z`,
    region,
    resources: [`arn:aws:scheduler:${region}:${account}:schedule/default/${name}`],
    detail: '{}',
  });
}
