import { getOperation, type OperationRecord } from '../../adapters/dynamodb/operations.ts';
import { createReplacement, getPair, type ReplacementPair } from '../../adapters/dynamodb/replacements.ts';
import { firstRun } from '../../adapters/dynamodb/runs.ts';
import type { Requester } from '../../domain/access.ts';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import { isOperationFinished, newOperation } from '../../domain/operation.ts';
import { planReplacement, type Replacement } from '../../domain/replacement.ts';
import { decide } from '../../domain/sim-actions.ts';
import { invalidInput, notFound, Refusal, unknownId } from '../refusal.ts';
import { startExecution } from '../start-execution.ts';
import type { DryRun } from './dry-run.ts';
import { loadSimRequest } from './load-sim-request.ts';
import { warningsOf } from './minimum-terms.ts';

/** A request to replace a SIM by another one of the partner. */
export type ReplacementRequest = { iccid: string; by: string; reason: string };

/**
 * Starts the replacement of a SIM.
 *
 * 1. Checks that the states of both SIMs permit it, and that the new SIM can be on the customer's service.
 * 2. Claims both SIMs, so that no other replacement takes one of them.
 * 3. Starts the execution, which runs the steps (`next-step-of-replacement.ts`).
 *
 * @param id the id of the operation. A repeated request finds the operation that it created.
 * @throws Refusal `not_found`, `invalid_input`, `wrong_state`, `conflict`
 */
export async function replaceSim(
  partnerId: PartnerId,
  { iccid, by, reason }: ReplacementRequest,
  { id, now, ...requester }: Requester & { id: OperationId; now: Date },
): Promise<OperationRecord> {
  const earlier = await getOperation(partnerId, id);
  const operation = earlier ?? (await claimPair(partnerId, { iccid, by, reason }, { id, now, ...requester }));
  await startExecution({ kind: 'operation', partnerId, id });
  return operation;
}

/**
 * Checks the replacement of a SIM as `replaceSim` does, and changes nothing.
 *
 * @returns the report, with the warnings of the old SIM's termination.
 * @throws Refusal `not_found`, `invalid_input`, `wrong_state`
 */
export async function dryRunReplacement(
  partnerId: PartnerId,
  { iccid, by }: ReplacementRequest,
  now: Date,
): Promise<DryRun> {
  const { pair } = await checkReplacement(partnerId, { iccid, by }, now);
  const warnings = (await warningsOf(partnerId, { action: 'terminate' }, [pair.old], now.toISOString())).get(iccid);
  const result = { iccid, eligible: true, ...(warnings ? { warnings } : {}) };
  return { total: 1, eligible: 1, unchanged: 0, ineligible: 0, byCode: {}, results: [result] };
}

/** @throws Refusal when the states of the SIMs, another replacement or the customer's service do not permit the replacement. */
async function checkReplacement(
  partnerId: PartnerId,
  { iccid, by }: Pick<ReplacementRequest, 'iccid' | 'by'>,
  now: Date,
): Promise<{ pair: ReplacementPair; replacement: Replacement }> {
  const pair = await readPair(partnerId, iccid, by);
  const replacement = planReplacement(pair.old, pair.by);
  if ('code' in replacement) {
    throw new Refusal('wrong_state', replacement.detail);
  }
  await requireUnclaimed(partnerId, pair);
  await requireFit(partnerId, pair, replacement, now.toISOString());
  return { pair, replacement };
}

async function claimPair(
  partnerId: PartnerId,
  { iccid, by, reason }: ReplacementRequest,
  { id, now, ...requester }: Requester & { id: OperationId; now: Date },
): Promise<OperationRecord> {
  const { pair, replacement } = await checkReplacement(partnerId, { iccid, by }, now);
  const operation = newOperation(
    {
      id,
      action: 'replace',
      target: { reason, replacement },
      selection: { kind: 'list' },
      size: { pages: 1, sims: 1 },
      requestedBy: requester.actor,
      requestedByEmail: requester.actorEmail,
    },
    now.toISOString(),
  );
  return createReplacement(partnerId, operation, firstRun(now), pair);
}

async function readPair(partnerId: PartnerId, iccid: string, by: string): Promise<ReplacementPair> {
  if (iccid === by) {
    throw invalidInput([{ pointer: '/by', code: 'invalid_value', message: 'by must be another SIM.' }]);
  }
  const { old, by: other } = await getPair(partnerId, iccid, by);
  if (!old) {
    throw notFound('SIM', iccid);
  }
  if (!other) {
    throw unknownId('/by', 'SIM', by.slice(0, 100));
  }
  return { old, by: other };
}

/** Refuses SIMs of a replacement that is still running. */
async function requireUnclaimed(partnerId: PartnerId, { old, by }: ReplacementPair): Promise<void> {
  for (const { iccid, replacing } of [old, by]) {
    const operation = replacing && (await getOperation(partnerId, replacing.operationId));
    if (operation && !isOperationFinished(operation)) {
      throw new Refusal(
        'wrong_state',
        `SIM ${iccid} is part of the replacement ${operation.id}, which is still running.`,
      );
    }
  }
}

/** Refuses a new SIM that the rules do not let onto the customer's service. */
async function requireFit(
  partnerId: PartnerId,
  { by }: ReplacementPair,
  target: Replacement,
  at: string,
): Promise<void> {
  const { customerId, customerServiceId } = target;
  const request = await loadSimRequest(partnerId, 'assign', { customerId, customerServiceId });
  const decision = decide(by, request, at);
  if (decision.kind === 'refused') {
    const { code, detail } = decision.problem;
    throw invalidInput([{ pointer: '/by', code, message: detail }]);
  }
}
