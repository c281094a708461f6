import { writeFile } from 'node:fs/promises';
import os from 'node:os';

/** The goal for a ratio. */
export type Goal = { atMost: number } | { atLeast: number };

/** A figure of the bench: a measurement and its floor, if any. */
export type Figure = {
  name: string;
  unit: string;
  ours: number;
  /** The same work without any overhead, measured or calculated. */
  floor?: number;
  /** Ours ÷ floor. */
  ratio?: number;
  goal?: Goal;
  /** Whether the ratio meets the goal. */
  met?: boolean;
  /** The number of measurements; the figure is their median. */
  runs: number;
  note?: string;
};

/**
 * Adds the ratio to a figure, and whether it meets its goal.
 *
 * @param measured set `ratio` when it is not ours ÷ floor, for example the median of the ratios of all runs.
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

/** Returns the median. @throws RangeError when there are no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) {
    throw new RangeError('The median of an empty list is undefined.');
  }
  return (lower + upper) / 2;
}

const headings = ['figure', 'unit', 'ours', 'floor', 'ratio', 'goal', 'met', 'runs', 'note'];
const LEFT_ALIGNED: readonly number[] = [0, 1, 5, 6, 8];

/** Formats the figures as an aligned table. */
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

/** Formats with three significant digits, and as a whole number from 100 on. */
function shown(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toString() : Number(value.toPrecision(3)).toString();
}

/** Writes the figures and the machine to a file. Without a date, the same figures produce the same file. */
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
