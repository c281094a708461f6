import { queryDue, updated } from './items.ts';
import { due, type Key } from './keys.ts';

/** How an order or an operation is carried out: by which execution, and when the sweep looks after it next. */
export type Run = {
  /** Executions so far; the name of one is the id and this. */
  runAttempt: number;
  runDueAt: string;
};

/** What an execution of the state machine is started with. */
export type RunInput = { kind: 'order' | 'operation'; partnerId: string; id: string };

const FIRST_LOOK_MS = 15 * 60_000;
const NEXT_LOOK_MS = 60 * 60_000;

/** The run of what is about to be started: the sweep looks whether it was, a quarter of an hour later. */
export function firstRun(at: Date): Run {
  return { runAttempt: 1, runDueAt: new Date(at.getTime() + FIRST_LOOK_MS).toISOString() };
}

/** The run of what begins later: the sweep starts it then. */
export function runAt(at: string): Run {
  return { runAttempt: 1, runDueAt: at };
}

/** What the sweep has to look after now, across partners, the longest waiting first. */
export async function dueRuns(now: Date, limit: number): Promise<(RunInput & { dueAt: string })[]> {
  return (await queryDue(due.work, now, limit)).flatMap(({ key, dueAt }) => {
    const run = runOf(key);
    return run ? [{ ...run, dueAt }] : [];
  });
}

/** The sweep looks again in an hour; with a new attempt, the next execution has a name of its own. */
export async function lookAgain(key: Key, now: Date, newAttempt = false): Promise<number> {
  const runDueAt = new Date(now.getTime() + NEXT_LOOK_MS).toISOString();
  const { runAttempt } = await updated<Run>(
    key,
    { set: { runDueAt, dueAt: runDueAt }, add: { runAttempt: newAttempt ? 1 : 0, version: newAttempt ? 1 : 0 } },
    { expression: 'attribute_exists(duePk)' },
  );
  return runAttempt;
}

/** Reads from its key whose order or operation it is. */
function runOf({ pk, sk }: Key): RunInput | undefined {
  const partnerId = pk.slice('P#'.length);
  if (sk.startsWith('ORD#')) {
    return { kind: 'order', partnerId, id: sk.slice('ORD#'.length) };
  }
  return sk.startsWith('OP#') ? { kind: 'operation', partnerId, id: sk.slice('OP#'.length) } : undefined;
}
