import { asId, type OperationId, type OrderId, type PartnerId } from '../../domain/ids.ts';
import { firstRunCheck, nextRunCheck } from '../../domain/retry-policies.ts';
import { bothOf, type Condition } from './conditions.ts';
import { type DueItem, queryDueAs } from './due-work.ts';
import type { Key } from './item-kind.ts';
import { itemKinds } from './item-kinds.ts';
import { due } from './keys.ts';
import { get } from './reads.ts';
import { update } from './write-requests.ts';
import { writeIf } from './writes.ts';

/** The execution that carries out an order or operation, and when the sweep checks it next. */
export type Run = {
  /** Number of executions so far. The name of an execution is the id and its number. */
  runAttempt: number;
  runDueAt: string;
  /** When the current execution started. Absent for the first one, which starts with the work. */
  runStartedAt?: string;
};

/** The input of an execution of the state machine. */
export type RunInput = { partnerId: PartnerId } & (
  | { kind: 'order'; id: OrderId }
  | { kind: 'operation'; id: OperationId }
);

/** The run of an order or operation. */
export function runOf({ kind, partnerId, id }: { kind: RunInput['kind']; partnerId: PartnerId; id: string }): RunInput {
  return kind === 'order' ? { kind, partnerId, id: asId('order', id) } : { kind, partnerId, id: asId('operation', id) };
}

/** The run of an order or operation that starts now. The sweep checks that it did. */
export function firstRun(at: Date): Run {
  return { runAttempt: 1, runDueAt: firstRunCheck(at).toISOString() };
}

/** The run of an order or operation that the sweep starts at a later time. */
export function runAt(at: string): Run {
  return { runAttempt: 1, runDueAt: at };
}

/** The orders and operations to check now, across partners, the longest waiting first. */
export async function dueRuns(now: Date, limit: number): Promise<(RunInput & DueItem)[]> {
  return queryDueAs(due.work, runOfKey, now, limit);
}

/** Schedules the next check of an order or operation. @returns false when it has finished meanwhile. */
export async function scheduleNextCheck(run: RunInput, now: Date): Promise<boolean> {
  return writeIf(update(keyOfRun(run), { set: nextCheck(now) }, isWatched));
}

/**
 * Claims the next attempt, so that only one of several callers that saw an execution end starts another.
 *
 * @returns the number of the new attempt; `undefined` when another caller was faster, or the work has finished.
 */
export async function claimNextAttempt(run: RunInput, ended: number, now: Date): Promise<number | undefined> {
  const isLatest: Condition = {
    expression: '#runAttempt = :ended',
    names: { '#runAttempt': 'runAttempt' },
    values: { ':ended': ended },
  };
  const set = { ...nextCheck(now), runStartedAt: now.toISOString() };
  const change = { set, add: { runAttempt: 1, version: 1 } };
  if (await writeIf(update(keyOfRun(run), change, bothOf(isWatched, isLatest)))) {
    return ended + 1;
  }
  // If the response is lost, the SDK's retry finds its own claim. Two callers that draw the same random time both start an
  // execution, but under the same name: Step Functions runs one of them.
  const current = await get<Partial<Run>>(keyOfRun(run));
  const isOurs = current?.runAttempt === ended + 1 && current.runDueAt === change.set.runDueAt;
  return isOurs ? ended + 1 : undefined;
}

const isWatched: Condition = { expression: 'attribute_exists(duePk)' };

function nextCheck(now: Date) {
  const runDueAt = nextRunCheck(now, Math.random()).toISOString();
  return { runDueAt, dueAt: runDueAt };
}

function keyOfRun({ kind, partnerId, id }: RunInput): Key {
  return kind === 'order' ? itemKinds.order.key({ partnerId, id }) : itemKinds.operation.key({ partnerId, id });
}

/** The order or operation of a key. */
function runOfKey(key: Key): RunInput | undefined {
  const order = itemKinds.order.parse(key);
  if (order) {
    return { kind: 'order', ...order };
  }
  const operation = itemKinds.operation.parse(key);
  return operation && { kind: 'operation', ...operation };
}
