import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startLocalCloud } from '../../local/cloud.ts';
import { StartError } from '../../local/start-error.ts';
import { campaign, type Finding, type Report } from './campaign.ts';

// npm run fuzz: requests made from the API's own document against a local cloud; ends with 1 when any answer is not as it must
// be.

const usage = `npm run fuzz -- [options]
  --calls 100000   how many requests are sent
  --seed 1         makes the same requests again, about other things; a new one each time, when left out`;

const IN_FLIGHT = 16;
/** Requests of a route before the next route's turn. */
const TURN = 20;
/** Long enough for schedules not to disturb, and short enough for what waits to come due. */
const DAY_MS = 60_000;
const TELL_EVERY_MS = 5_000;

// Lambda's time zone, whatever the machine's is.
process.env.TZ = 'UTC';

try {
  const { calls, seed } = read(process.argv.slice(2));
  process.stderr.write(`${calls} calls with seed ${seed}\n`);
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const cloud = await startLocalCloud({ port: 0, dayMs: DAY_MS, log });
  // Ctrl-C ends it early, and what was found by then is told.
  const ended = new AbortController();
  process.once('SIGINT', () => ended.abort());
  process.once('SIGTERM', () => ended.abort());
  const start = performance.now();
  let toldAt = start;
  const report = await campaign(cloud, {
    calls,
    seed,
    inFlight: IN_FLIGHT,
    turn: TURN,
    partnerId: 'fuzz',
    signal: ended.signal,
    onFinding: (finding) => log(told(finding)),
    onProgress: (done, findings) => {
      const now = performance.now();
      if (now - toldAt >= TELL_EVERY_MS) {
        toldAt = now;
        const perSecond = (done / (now - start)) * 1000;
        process.stderr.write(`${done} calls, ${perSecond.toFixed(0)} a second, ${findings} findings\n`);
      }
    },
  });
  tell(report, seed, (performance.now() - start) / 1000);
  await cloud.stop();
  process.exit(report.findings.length === 0 ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error instanceof StartError ? error.message : describe(error)}\n`);
  process.exit(1);
}

/** @throws StartError when an option or its value is none */
function read(args: string[]): { calls: number; seed: number } {
  const { calls, seed } = parsed(args);
  return {
    calls: numberIn('--calls', calls),
    seed: seed === undefined ? randomInt(1, 2 ** 31 - 1) : numberIn('--seed', seed),
  };
}

function parsed(args: string[]) {
  try {
    const options = { calls: { type: 'string', default: '100000' }, seed: { type: 'string' } } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

function numberIn(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new StartError(`${option} takes a number above 0, not "${text}".\n\n${usage}`);
  }
  return Number(text);
}

function tell({ calls, counts, findings }: Report, seed: number, seconds: number): void {
  const rows = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  const width = Math.max(...rows.map(([route]) => route.length));
  const cells = (of: ReadonlyMap<number, number>) =>
    [...of]
      .sort(([one], [other]) => one - other)
      .map(([status, times]) => `${status}: ${times}`)
      .join('  ');
  const total = new Map<number, number>();
  for (const [status, times] of rows.flatMap(([, of]) => [...of])) {
    total.set(status, (total.get(status) ?? 0) + times);
  }
  process.stdout.write(
    [
      ...rows.map(([route, of]) => `${route.padEnd(width)}  ${cells(of)}`),
      `${'all'.padEnd(width)}  ${cells(total)}`,
      `${calls} calls in ${seconds.toFixed(0)} s with seed ${seed}: ${findings.length} findings`,
      ...findings.map(told),
      '',
    ].join('\n'),
  );
}

function told({ route, faults, request, seed, times }: Finding): string {
  return `\n${route} (${times} times, turn ${seed})\n  ${faults.join('\n  ')}\n  ${request}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
