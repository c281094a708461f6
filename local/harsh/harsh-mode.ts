import type { TablePart } from '../template/parts.ts';
import { conflicts } from './conflicts.ts';
import { between, drawsOf } from './draws.ts';
import { IndexLag } from './index-lag.ts';
import { laggingReads } from './lagging-reads.ts';
import type { ProxiedService } from './proxied-service.ts';
import { type Harshness, serveHarshProxy } from './proxy.ts';
import { rates } from './rates.ts';
import { chance, deliveries } from './repeats.ts';
import type { HarshSettings } from './settings.ts';
import { throttledAnswer, throttlingBursts } from './throttling.ts';

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

/** The decisions of harsh mode that other parts of the local cloud ask for. */
export type Harsh = {
  seed: number;
  /** Stands between the functions and a service. @returns the address that functions are given */
  between(service: ProxiedService, url: string): Promise<string>;
  /** Faults happen from now on. */
  begin(): void;
  /** After how many milliseconds each an asynchronous invocation is delivered: once or twice. */
  deliveries(): readonly number[];
  /** Whether a schedule does not wait for its previous run. */
  overlaps(): boolean;
  /** Whether a batch of a stream that was handled is delivered again. */
  repeatsRecords(): boolean;
  /** Whether workers stand still between two invocations. */
  freezes: true;
  /** How many faults of each kind have happened so far. */
  faults(): Readonly<Record<FaultKind, number>>;
  stop(): Promise<void>;
};

/** The faults of harsh mode, each decided by a stream of random numbers of its own. None happens before `begin`. */
export function harshMode({ seed }: HarshSettings, tables: readonly TablePart[]): Harsh {
  const counts = new Map<FaultKind, number>();
  const proxies: { stop(): Promise<void> }[] = [];
  let hasBegun = false;

  const count = (kind: FaultKind, by = 1) => void counts.set(kind, (counts.get(kind) ?? 0) + by);
  /** Counts it, when it happens. */
  const happens = (kind: FaultKind, decide: () => boolean) => {
    const does = hasBegun && decide();
    if (does) {
      count(kind);
    }
    return does;
  };
  const now = () => performance.now();

  function harshnessOf(service: ProxiedService): Harshness {
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
          return throttledAnswer(service, operation, body.toString(), throttledAs);
        }
        const refusal = hasBegun && service === 'dynamodb' ? conflict(operation, body.toString()) : undefined;
        if (refusal) {
          count('conflicts');
        }
        return refusal || undefined;
      },
      answers: (request) => (hasBegun && service === 'dynamodb' ? lagging(request) : request.pass()),
      losesAnswer: () => isAws && happens('lost answers', isLost),
      closesIdleAfter: () =>
        hasBegun && idle() < rates.deadSockets.idleShare ? between(idle, rates.deadSockets.idleMs) : undefined,
    };
  }

  const deliver = deliveries(drawsOf(seed, 'repeated invocations'));
  const overlap = chance(drawsOf(seed, 'overlapping schedules'), rates.overlappingSchedules.share);
  const repeat = chance(drawsOf(seed, 'repeated records'), rates.repeatedRecords.share);
  return {
    seed,
    async between(service, url) {
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
      // Object.fromEntries forgets its keys; they are exactly the kinds.
      Object.fromEntries(kinds.map((kind) => [kind, counts.get(kind) ?? 0])) as Record<FaultKind, number>,
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
    },
  };
}
