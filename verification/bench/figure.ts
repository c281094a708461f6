import { writeFile } from 'node:fs/promises';
import os from 'node:os';

/** What a ratio should be. */
export type Goal = { atMost: number } | { atLeast: number };

/** One figure of the bench: what was measured, beside its floor where it has one. */
export type Figure = {
  name: string;
  unit: string;
  ours: number;
  /** The same work done with nothing around it, or what it comes to on paper. */
  floor?: number;
  /** Ours ÷ floor. */
  ratio?: number;
  goal?: Goal;
  /** Whether the ratio meets the goal. */
  met?: boolean;
  /** How often it was measured; what is shown is the median. */
  runs: number;
  note?: string;
};

/**
 * A figure with its ratio and whether it meets its goal.
 *
 * @param measured a `ratio` is given where it is more than ours ÷ floor, as the median of the ratios of each run.
 */
export function figure(measured: Omit<Figure, 'met'>): Figure {
  const { ours, floor, goal } = measured;
  const ratio = measured.ratio ?? (floor === undefined || floor === 0 ? undefined : ours / floor);
  return {
    ...measured,
    ...(ratio === undefined ? {} : { ratio }),
    ...(ratio === undefined || goal === undefined ? {} : { met: meets(ratio, goal) }),
  };
}

function meets(ratio: number, goal: Goal): boolean {
  return 'atMost' in goal ? ratio <= goal.atMost : ratio >= goal.atLeast;
}

/** The one in the middle, or the mean of the two there. @throws RangeError when there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) {
    throw new RangeError('There is no median of nothing.');
  }
  return (lower + upper) / 2;
}

const headings = ['figure', 'unit', 'ours', 'floor', 'ratio', 'goal', 'met', 'runs', 'note'];
const LEFT_ALIGNED: readonly number[] = [0, 1, 5, 6, 8];

/** The figures as an aligned table. */
export function table(figures: readonly Figure[]): string {
  const rows = [headings, ...figures.map(cells)];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          LEFT_ALIGNED.includes(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells({ name, unit, ours, floor, ratio, goal, met, runs, note }: Figure): string[] {
  return [
    name,
    unit,
    shown(ours),
    floor === undefined ? '' : shown(floor),
    ratio === undefined ? '' : ratio.toFixed(2),
    goal === undefined ? '' : 'atMost' in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`,
    met === undefined ? '' : met ? 'yes' : 'NO',
    String(runs),
    note ?? '',
  ];
}

/** Three digits that tell, and whole numbers from 100 on. */
function shown(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toString() : Number(value.toPrecision(3)).toString();
}

/** Writes the figures with what they were measured on. There is no date in it: the same figures are the same file. */
export async function writeResults(file: string, engine: string, figures: readonly Figure[]): Promise<void> {
  const machine = {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    engine,
  };
  await writeFile(file, `${JSON.stringify({ machine, figures }, undefined, 2)}\n`);
}
