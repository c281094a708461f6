import { bothOf, type Condition, get, queryDue, update, write, writeIf } from './items.ts';
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

/** Has the sweep look again in about an hour. @throws ConditionFailed when there is nothing to look after any more. */
export async function scheduleNextCheck(key: Key, now: Date): Promise<void> {
  await write(update(key, { set: nextLook(now) }, isWatched));
}

/**
 * Claims the attempt that follows another one, so that of several callers which saw that one end a single one starts the
 * next execution.
 *
 * @returns the number of the new attempt; `undefined` when another caller was faster, or there is nothing left to do.
 */
export async function claimNextAttempt(key: Key, ended: number, now: Date): Promise<number | undefined> {
  const isLatest: Condition = {
    expression: '#runAttempt = :ended',
    names: { '#runAttempt': 'runAttempt' },
    values: { ':ended': ended },
  };
  const change = { set: nextLook(now), add: { runAttempt: 1, version: 1 } };
  if (await writeIf(update(key, change, bothOf(isWatched, isLatest)))) {
    return ended + 1;
  }
  // When the answer is lost, the SDK's retry meets its own claim. Should two callers draw the same time, both start an execution of
  // the same name, and Step Functions keeps one.
  const there = await get<Partial<Run>>(key);
  const isOurs = there?.runAttempt === ended + 1 && there.runDueAt === change.set.runDueAt;
  return isOurs ? ended + 1 : undefined;
}

const isWatched: Condition = { expression: 'attribute_exists(duePk)' };

/** Spread over a quarter of an hour, so that what began together is not looked at together every hour. */
function nextLook(now: Date) {
  const runDueAt = new Date(now.getTime() + NEXT_LOOK_MS * (0.875 + 0.25 * Math.random())).toISOString();
  return { runDueAt, dueAt: runDueAt };
}

/** Reads from its key whose order or operation it is. */
function runOf({ pk, sk }: Key): RunInput | undefined {
  const partnerId = pk.slice('P#'.length);
  if (sk.startsWith('ORD#')) {
    return { kind: 'order', partnerId, id: sk.slice('ORD#'.length) };
  }
  return sk.startsWith('OP#') ? { kind: 'operation', partnerId, id: sk.slice('OP#'.length) } : undefined;
}
