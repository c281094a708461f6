import type { TablePart } from '../template/parts.ts';
import { conflicts } from './conflicts.ts';
import { drawsOf, uniform } from './draws.ts';
import { IndexLag } from './index-lag.ts';
import { laggingReads } from './lagging-reads.ts';
import type { ProxiedService } from './proxied-service.ts';
import { type ServiceFaults, serveHarshProxy } from './proxy.ts';
import { rates } from './rates.ts';
import { chance, deliveries } from './repeats.ts';
import type { HarshSettings } from './settings.ts';
import { throttledResponse, throttlingBursts } from './throttling.ts';

/** The kinds of faults that are counted. */
const kinds = [
  'late items',
  'conflicts',
  'throttled calls',
  'lost answers',
  'dead sockets',
  'repeated invocations',
  'overlapping schedules',
  'repeated records',
] as const;
export type FaultKind = (typeof kinds)[number];

/** The decisions of harsh mode that other parts of the local cloud use. */
export type Harsh = {
  seed: number;
  /** Starts a proxy between the functions and a service. @returns the proxy's URL */
  proxy(service: ProxiedService, url: string): Promise<string>;
  /** Enables faults. */
  begin(): void;
  /** Returns the delays in milliseconds of the deliveries of an asynchronous invocation: one or two. */
  deliveries(): readonly number[];
  /** Whether a schedule's run overlaps with its previous one. */
  overlaps(): boolean;
  /** Whether a handled batch of a stream is delivered again. */
  repeatsRecords(): boolean;
  /** Whether workers are frozen between invocations. */
  freezes: true;
  /** The number of faults of each kind so far. */
  faults(): Readonly<Record<FaultKind, number>>;
  stop(): Promise<void>;
};

/** Creates harsh mode. Each kind of fault has its own stream of random numbers. No fault happens before `begin`. */
export function harshMode({ seed }: HarshSettings, tables: readonly TablePart[]): Harsh {
  const counts = new Map<FaultKind, number>();
  const proxies: { stop(): Promise<void> }[] = [];
  let hasBegun = false;

  const count = (kind: FaultKind, by = 1) => void counts.set(kind, (counts.get(kind) ?? 0) + by);
  /** Decides whether a fault happens, and counts it. */
  const happens = (kind: FaultKind, decide: () => boolean) => {
    const does = hasBegun && decide();
    if (does) {
      count(kind);
    }
    return does;
  };
  const now = () => performance.now();

  function harshnessOf(service: ProxiedService): ServiceFaults {
    const draws = (kind: string) => drawsOf(seed, `${service} ${kind}`);
    const isAws = service !== 'operators';
    const isThrottled = throttlingBursts(draws('throttling'));
    const throttledAs = draws('throttled answers');
    const conflict = conflicts(draws('conflicts'));
    const dies = chance(draws('dead sockets'), rates.deadSockets.share);
    const isLost = chance(draws('lost answers'), rates.lostAnswers.share);
    const idle = draws('idle sockets');
    const lag = new IndexLag(draws('index lag'), tables);
    const lagging = laggingReads(lag, now, (items) => count('late items', items));
    return {
      breaks: (isReused) => isAws && isReused && happens('dead sockets', dies),
      refuses({ operation, body }) {
        if (service === 'operators') {
          return undefined;
        }
        if (happens('throttled calls', () => isThrottled(now()))) {
          return throttledResponse(service, operation, body.toString(), throttledAs);
        }
        const refusal = hasBegun && service === 'dynamodb' ? conflict(operation, body.toString()) : undefined;
        if (refusal) {
          count('conflicts');
        }
        return refusal || undefined;
      },
      respond: (request) => (hasBegun && service === 'dynamodb' ? lagging(request) : request.pass()),
      losesResponse: () => isAws && happens('lost answers', isLost),
      closesIdleAfter: () =>
        hasBegun && idle() < rates.deadSockets.idleShare ? uniform(idle, rates.deadSockets.idleMs) : undefined,
    };
  }

  const deliver = deliveries(drawsOf(seed, 'repeated invocations'));
  const overlap = chance(drawsOf(seed, 'overlapping schedules'), rates.overlappingSchedules.share);
  const repeat = chance(drawsOf(seed, 'repeated records'), rates.repeatedRecords.share);
  return {
    seed,
    async proxy(service, url) {
      const proxy = await serveHarshProxy(url, harshnessOf(service));
      proxies.push(proxy);
      return proxy.url;
    },
    begin() {
      hasBegun = true;
    },
    deliveries() {
      const times = hasBegun ? deliver() : [0];
      count('repeated invocations', times.length - 1);
      return times;
    },
    overlaps: () => happens('overlapping schedules', overlap),
    repeatsRecords: () => happens('repeated records', repeat),
    freezes: true,
    faults: () =>
      // Safe: Object.fromEntries loses the type of its keys; they are exactly the kinds.
      Object.fromEntries(kinds.map((kind) => [kind, counts.get(kind) ?? 0])) as Record<FaultKind, number>,
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
    },
  };
}
