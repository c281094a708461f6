import { randomInt } from 'node:crypto';
import { startLocalCloud } from '../../local/cloud.ts';
import { runCommand, wholeNumber } from '../../tools/command.ts';
import { campaign, type Finding, type Report } from './campaign.ts';

// npm run fuzz: sends requests generated from the API's OpenAPI document to a local cloud, and checks each response. Exits with 1 when
// a check fails.

const usage = `npm run fuzz -- [options]
  --calls 100000   the number of requests
  --only /v1/sims  only routes whose method and path contain this text. Default: all
  --seed 1         generates the same requests again, for other ids. Default: random`;

const IN_FLIGHT = 16;
/** The number of requests of a route before the next route's turn. */
const TURN = 20;
/** Long enough that schedules do not disturb, and short enough that waiting work becomes due. */
const DAY_MS = 60_000;
const REPORT_EVERY_MS = 5_000;

await runCommand(
  {
    usage,
    options: { calls: { type: 'string', default: '100000' }, only: { type: 'string' }, seed: { type: 'string' } },
  },
  async ({ values }) => {
    const calls = wholeNumber('--calls', values.calls);
    const seed =
      values.seed === undefined ? randomInt(1, 2 ** 31 - 1) : wholeNumber('--seed', values.seed, { max: 2 ** 31 });
    process.stderr.write(`${calls} calls with seed ${seed}\n`);
    const log = (line: string) => void process.stderr.write(`${line}\n`);
    const cloud = await startLocalCloud({ port: 0, dayMs: DAY_MS, log });
    // Ctrl-C stops early and reports the findings so far.
    const stopSignal = new AbortController();
    process.once('SIGINT', () => stopSignal.abort());
    process.once('SIGTERM', () => stopSignal.abort());
    const startedAt = performance.now();
    let reportedAt = startedAt;
    const report = await campaign(cloud, {
      calls,
      seed,
      inFlight: IN_FLIGHT,
      turn: TURN,
      only: values.only,
      partnerId: 'fuzz',
      signal: stopSignal.signal,
      onFinding: (finding) => log(formatFinding(finding)),
      onProgress: (done, findings) => {
        const now = performance.now();
        if (now - reportedAt >= REPORT_EVERY_MS) {
          reportedAt = now;
          const perSecond = (done / (now - startedAt)) * 1000;
          log(`${done} calls, ${perSecond.toFixed(0)} per second, ${findings} findings`);
        }
      },
    });
    process.stdout.write(formatReport(report, seed, (performance.now() - startedAt) / 1000));
    await cloud.stop();
    return report.findings.length === 0 ? 0 : 1;
  },
);

function formatReport({ calls, counts, findings }: Report, seed: number, seconds: number): string {
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
  return [
    ...rows.map(([route, of]) => `${route.padEnd(width)}  ${cells(of)}`),
    `${'all'.padEnd(width)}  ${cells(total)}`,
    `${calls} calls in ${seconds.toFixed(0)} s with seed ${seed}: ${findings.length} findings`,
    ...findings.map(formatFinding),
    '',
  ].join('\n');
}

function formatFinding({ route, faults, request, seed, times }: Finding): string {
  return `\n${route} (${times} times, turn ${seed})\n  ${faults.join('\n  ')}\n  ${request}`;
}
