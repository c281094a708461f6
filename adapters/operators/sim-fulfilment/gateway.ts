import { createHash } from 'node:crypto';
import type { OperatorGateway, SimAnswer } from '../../../domain/operator-port.ts';
import { askInBatches, batchesOf } from '../batches.ts';
import { notOffered } from '../not-offered.ts';
import type { OperatorRequest, Protocol, Transport } from '../transport.ts';
import {
  cancelAnswers,
  deliveredSimsAnswers,
  orderStatusAnswers,
  type SimAnswers,
  simAnswers,
  simDetailsAnswers,
  submissionAnswers,
  usageAnswers,
} from './answers.ts';

/** The maximum number of ICCIDs in a request, and of SIMs or records in a page, that operators accept. */
const MAX_BATCH = 500;

/** The protocol of `sandbox/README.md`: an API key, and idempotency keys. */
export const simFulfilmentProtocol: Protocol = {
  missing: ({ apiKey }) => (apiKey === undefined ? "the operator's entry in the secret has no apiKey" : undefined),
  authorization: async ({ apiKey }) => ({ authorization: `Bearer ${apiKey}` }),
  secrets: ({ apiKey }) => (apiKey === undefined ? [] : [[apiKey, '[API key]']]),
  reasonIn: (body) =>
    typeof body === 'object' && body !== null && 'reason' in body && typeof body.reason === 'string'
      ? body.reason
      : undefined,
};

/**
 * The gateway to an operator that offers the protocol of the sandbox (`sandbox/README.md`).
 *
 * The status of an order that the operator does not know (404) fails with `OperatorUnavailable` without retries. Either the order
 * was never submitted or the operator lost it; submit it again with the same id.
 */
export function simFulfilmentGateway({ call, logLeftOut }: Transport, batchSize = MAX_BATCH): OperatorGateway {
  const size = Math.min(batchSize, MAX_BATCH);

  /** Logs SIMs without a usable answer. */
  function inBatches(
    iccids: readonly string[],
    requestFor: (batch: string[]) => OperatorRequest<SimAnswers>,
  ): Promise<SimAnswer[]> {
    return askInBatches(batchesOf(iccids, size), async (batch) => {
      const request = requestFor(batch);
      const { answers, leftOut } = await call(request);
      if (leftOut.length > 0) {
        await logLeftOut('invalid answer of an operator about SIMs', request.path, leftOut);
      }
      return answers;
    });
  }

  const change = (path: string, batchKey: string, iccids: readonly string[], fields: object = {}) =>
    inBatches(iccids, (batch) => ({
      method: 'POST',
      path,
      body: { iccids: batch, ...fields },
      headers: { 'idempotency-key': idempotencyKeyOf(batchKey, batch) },
      expected: simAnswers(batch, { all: true }),
    }));

  return {
    submitOrder: ({ orderId, ...order }) =>
      call({
        method: 'PUT',
        path: `/orders/${encodeURIComponent(orderId)}`,
        body: order,
        expected: submissionAnswers(orderId),
      }),
    // Not needed: a repeated submission returns the answer of the first.
    ordersSince: async () => [],
    orderStatus: ({ id: orderId }) =>
      call({
        method: 'GET',
        path: `/orders/${encodeURIComponent(orderId)}`,
        expected: orderStatusAnswers(orderId),
      }),
    cancelOrder: ({ id: orderId }) =>
      call({
        method: 'POST',
        path: `/orders/${encodeURIComponent(orderId)}/cancel`,
        expected: cancelAnswers(orderId),
      }),
    deliveredSims: ({ id: orderId }, checkDigit, cursor) =>
      call({
        method: 'GET',
        path: `/orders/${encodeURIComponent(orderId)}/sims?${pageQuery(cursor)}`,
        expected: deliveredSimsAnswers(checkDigit, cursor),
      }),
    activate: (batchKey, iccids) => change('/sims/activations', batchKey, iccids),
    startTest: (batchKey, iccids) => change('/sims/activations', batchKey, iccids),
    setBars: (batchKey, iccids, barred) => change('/sims/bars', batchKey, iccids, { barred }),
    terminate: (batchKey, iccids) => change('/sims/terminations', batchKey, iccids),
    simStatus: (iccids) =>
      inBatches(iccids, (batch) => ({
        method: 'POST',
        path: '/sims/status',
        body: { iccids: batch },
        expected: simAnswers(batch, { all: false }),
      })),
    simDetails: (iccids) =>
      askInBatches(batchesOf(iccids, size), async (batch) => {
        const path = '/sims/details';
        const expected = simDetailsAnswers(batch);
        const { details, leftOut } = await call({ method: 'POST', path, body: { iccids: batch }, expected });
        if (leftOut.length > 0) {
          await logLeftOut('invalid answer of an operator about SIMs', path, leftOut);
        }
        return details;
      }),
    usageSince: (cursor) => call({ method: 'GET', path: `/usage?${pageQuery(cursor)}`, expected: usageAnswers() }),
    dataSession: notOffered('The protocol of the sandbox has no data sessions.'),
    usageTotals: notOffered('The protocol of the sandbox reports usage as records, not as totals.'),
  };
}

function pageQuery(cursor: string | undefined): URLSearchParams {
  return new URLSearchParams({ limit: String(MAX_BATCH), ...(cursor === undefined ? {} : { cursor }) });
}

/**
 * The idempotency key of a request. Includes the batch, because a caller that resumes after a crash may have fewer SIMs left, and
 * operators reject a key that they know from another request.
 */
function idempotencyKeyOf(batchKey: string, batch: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([batchKey, batch]))
    .digest('base64url');
}
