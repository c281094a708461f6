import { clock } from '../../adapters/clock.ts';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { pagesOf, resultsFrom } from '../../adapters/dynamodb/manifests.ts';
import {
  changeOperation,
  createOperation,
  getOperation,
  getOperations,
  manifestOf,
  type OperationRecord,
  recordResults,
} from '../../adapters/dynamodb/operations.ts';
import { getPair, markReplaced, type ReplacementPair } from '../../adapters/dynamodb/replacements.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
import { seededRandom } from '../../adapters/seeded-random.ts';
import { newId, type OperationId, type PartnerId } from '../../domain/ids.ts';
import { isOperationFinished, newOperation, type OperationTarget } from '../../domain/operation.ts';
import { reopenOperation, requestOperationCancellation } from '../../domain/operation-steps.ts';
import {
  interruption,
  type Replacement,
  type ReplacementStep,
  simOfStep,
  startLastStep,
  stepsOfReplacement,
} from '../../domain/replacement.ts';
import type { SimProblem } from '../../domain/sim-actions.ts';
import { countRemainingResults } from './result-counter.ts';

/** The step of a replacement that runs next, or the end of the replacement. */
export type NextOfReplacement = { run: OperationRecord } | { end: OperationRecord };

/**
 * Decides the next step of a replacement.
 *
 * 1. Finds the first step that has not succeeded, and creates its operation, unless one of the SIMs has left the customer meanwhile.
 * 2. A step that failed ends the replacement with the same problem. The old SIM is terminated last, so that it stays in use until then.
 * 3. A cancelled replacement ends before its next step; a step that runs is cancelled. The last step cannot be cancelled.
 * 4. When all steps have succeeded, both SIMs are marked, and the replacement has its result.
 *
 * Every part can be repeated after a crash: the ids of steps follow from that of the replacement.
 */
export async function nextStepOfReplacement(partnerId: PartnerId, parent: OperationRecord): Promise<NextOfReplacement> {
  const { replacement } = parent.target;
  if (!replacement) {
    throw new Error(`Operation ${parent.id} does not name the SIMs of the replacement.`);
  }
  for (const step of stepsOfReplacement(replacement)) {
    const current = await stepOf(partnerId, parent, replacement, step);
    if (!current) {
      return { end: parent };
    }
    if ('code' in current) {
      return { end: await recordResult(partnerId, parent, replacement, current) };
    }
    if (!isOperationFinished(reopenOperation(current))) {
      return { run: await cancelledWith(partnerId, parent, current) };
    }
    const problem = await problemOf(partnerId, current);
    if (problem) {
      return { end: await recordResult(partnerId, parent, replacement, problem) };
    }
  }
  await markPair(partnerId, parent, replacement);
  return { end: await recordResult(partnerId, parent, replacement, undefined) };
}

/** The operation of a step, created if necessary; `undefined` when the replacement was cancelled before. A problem ends the replacement. */
async function stepOf(
  partnerId: PartnerId,
  parent: OperationRecord,
  replacement: Replacement,
  step: ReplacementStep,
): Promise<OperationRecord | SimProblem | undefined> {
  const id = stepId(parent, step);
  const existing = await getOperation(partnerId, id);
  if (existing || parent.cancelRequestedAt !== undefined) {
    return existing;
  }
  const pair = await getPair(partnerId, replacement.iccid, replacement.by);
  const problem = interruption(replacement, step, pair);
  if (problem) {
    return problem;
  }
  const at = clock.now().toISOString();
  if (step === 'terminate') {
    const started = await changeOperation(partnerId, parent.id, (current) => startLastStep(current, at));
    if (!started?.isFinal) {
      return undefined;
    }
  }
  const operation = newOperation(
    {
      id,
      action: step,
      target: targetOf(replacement, step, pair),
      selection: { kind: 'list' },
      size: { pages: 1, sims: 1 },
      requestedBy: parent.requestedBy,
      requestedByEmail: parent.requestedByEmail,
    },
    at,
  );
  return createOperation(partnerId, { ...operation, partOf: parent.id }, {}, pagesOf([simOfStep(replacement, step)]));
}

/** The operations of the steps that have been created so far. */
export async function stepsSoFar(partnerId: PartnerId, parent: OperationRecord): Promise<OperationId[]> {
  const { replacement } = parent.target;
  const ids = replacement ? stepsOfReplacement(replacement).map((step) => stepId(parent, step)) : [];
  return [...(await getOperations(partnerId, ids)).keys()];
}

/** Follows from the replacement, so that a repeated attempt finds the same step. */
const stepId = ({ id, createdAt }: OperationRecord, step: ReplacementStep): OperationId =>
  newId('operation', new Date(createdAt), seededRandom(`${step} ${id}`));

function targetOf(
  { customerId, customerServiceId }: Replacement,
  step: ReplacementStep,
  pair: Partial<ReplacementPair>,
): OperationTarget {
  switch (step) {
    case 'assign':
      return { customerId, customerServiceId };
    case 'label': {
      const { label = null, tags = [], fields } = pair.old ?? {};
      const removed = Object.keys(pair.by?.fields ?? {}).map((name) => [name, null]);
      return { naming: { label, tags, fields: { ...Object.fromEntries(removed), ...fields } } };
    }
    case 'activate':
    case 'terminate':
      return {};
  }
}

/** Passes the cancellation of a replacement on to the step that runs. */
async function cancelledWith(
  partnerId: PartnerId,
  parent: OperationRecord,
  step: OperationRecord,
): Promise<OperationRecord> {
  if (parent.cancelRequestedAt === undefined || step.cancelRequestedAt !== undefined || parent.isFinal) {
    return step;
  }
  const cancelled = await changeOperation(partnerId, step.id, (current) => {
    const after = requestOperationCancellation(current, clock.now().toISOString());
    return 'code' in after ? undefined : after;
  });
  return cancelled ?? step;
}

/** Why a finished step did not succeed; `undefined` if it did. */
async function problemOf(partnerId: PartnerId, step: OperationRecord): Promise<SimProblem | undefined> {
  if (step.succeeded > 0) {
    return undefined;
  }
  const { parts } = await resultsFrom(partnerId, step.id, manifestOf(partnerId, step), { page: 0, part: 0 });
  const failed = parts.flatMap(({ results }) => results).find((result) => result.outcome === 'failed');
  return failed?.outcome === 'failed'
    ? failed.problem
    : { code: 'conflict', detail: `The step ${step.action} was cancelled.` };
}

async function markPair(partnerId: PartnerId, parent: OperationRecord, { iccid, by }: Replacement): Promise<void> {
  await retryOnConflict(async () => {
    const pair = await getPair(partnerId, iccid, by);
    if (!pair.old || !pair.by || pair.old.replacedBy === by) {
      return pair;
    }
    try {
      await markReplaced(partnerId, parent, { old: pair.old, by: pair.by }, clock.now().toISOString());
      return pair;
    } catch (error) {
      if (error instanceof ConditionFailed) {
        return undefined;
      }
      throw error;
    }
  });
}

/** Records and counts the result of the replacement, once. @returns the operation with its counts. */
async function recordResult(
  partnerId: PartnerId,
  parent: OperationRecord,
  { iccid }: Replacement,
  problem: SimProblem | undefined,
): Promise<OperationRecord> {
  const result = problem
    ? ({ iccid, outcome: 'failed', problem } as const)
    : ({ iccid, outcome: 'succeeded' } as const);
  const [page = { page: 0, iccids: [iccid] }] = pagesOf([iccid]);
  await recordResults(
    partnerId,
    parent.id,
    { page, part: 0 },
    { results: [result], services: new Map(), countedOver: 0, unchanged: 0, requests: {} },
  );
  await countRemainingResults(partnerId, parent);
  return (await getOperation(partnerId, parent.id)) ?? parent;
}
