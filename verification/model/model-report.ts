import { startLocalCloud } from '../../local/cloud.ts';
import { harshSettings } from '../../local/harsh/settings.ts';
import { patience } from '../../test/integration/support/eventually.ts';
import { type ModelResult, type ModelRun, runModel } from './run-model.ts';

/** The length of a day: schedules run at most twice a second, so they run at least daily. */
const DAY_MS = 500 * patience;

/** Runs random histories on a new local cloud and prints a report. @returns whether the system agreed with the model in all. */
export async function runAndReport(run: Omit<ModelRun, 'url' | 'log'>): Promise<boolean> {
  const cloud = await startLocalCloud({ port: 0, dayMs: DAY_MS, harsh: harshSettings(process.env) });
  const began = performance.now();
  process.stdout.write(`seed ${run.seed}${cloud.harsh ? `, HARSH_SEED=${cloud.harsh.seed}` : ''}\n`);
  const result = await runModel({ url: cloud.url, log: (line) => process.stdout.write(`${line}\n`), ...run });
  process.stdout.write(report(result, (performance.now() - began) / 1000));
  await cloud.stop();
  return result.failure === undefined;
}

function report({ steps, histories, counts, failure }: ModelResult, seconds: number): string {
  const often = [...counts].sort(([, one], [, other]) => other - one);
  const lines = often.map(([name, count]) => `${`${count}`.padStart(7)}  ${name}`);
  const end = failure ?? 'The system never disagreed with the model.';
  return `\n${steps} steps in ${histories} histories, ${seconds.toFixed(0)} seconds:\n${lines.join('\n')}\n\n${end}\n`;
}
