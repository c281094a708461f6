import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { asId, type OrderId } from '../../../domain/ids.ts';
import { OperatorUnavailable } from '../../../domain/operator-port.ts';
import type { OpenSubmission } from '../../../domain/order-submission.ts';
import {
  type SubmissionOutcome,
  type Submissions,
  sendOnce,
} from '../../../use-cases/orders/submit-unrepeatable-order.ts';
import { anOrder, type GatewayToSandbox, gatewayToSandbox } from '../../adapters/operators/operators-under-test.ts';
import { randomFrom } from '../../random-numbers.ts';

const contact = { name: 'Ines', email: 'ines@acme.example' };
const TRIALS = 200;

const random = randomFrom(1807);
let operator: GatewayToSandbox;

beforeEach(async () => {
  operator = await gatewayToSandbox({ kind: 'iot-accelerator', random });
});
afterEach(() => operator.sandbox.stop());

/** What the table holds about submissions to one operator, in memory. */
function submissionsInMemory() {
  let current: OpenSubmission | undefined;
  const sent = new Set<OrderId>();
  const records: Submissions = {
    now: () => operator.clock.now(),
    current: async () => current,
    async start(submission) {
      if (current) {
        throw new OperatorUnavailable('another order is on its way');
      }
      current = submission;
      sent.add(submission.orderId);
      return true;
    },
    async repeat(submission, sentAt) {
      if (current?.sentAt !== submission.sentAt) {
        return false;
      }
      current = { ...submission, sentAt };
      return true;
    },
    drop: async () => undefined,
  };
  return {
    records,
    sent,
    end() {
      current = undefined;
    },
  };
}

/** One attempt of an order's execution. It may crash after the operator's answer, before the outcome is saved. */
async function attempt(
  orderId: OrderId,
  { records, sent, end }: ReturnType<typeof submissionsInMemory>,
  crashes: boolean,
): Promise<SubmissionOutcome | undefined> {
  const of = {
    partnerId: asId('partner', 'acme'),
    operatorId: asId('operator', '3uk'),
    order: { ...anOrder(orderId, 10), contact },
    sentBefore: sent.has(orderId),
  };
  try {
    const outcome = await sendOnce(of, operator.gateway, records);
    if (crashes) {
      return undefined;
    }
    end();
    return outcome;
  } catch (error) {
    expect(error).toBeInstanceOf(OperatorUnavailable);
    return undefined;
  }
}

const placedSince = (start: Date) => operator.gateway.ordersSince(start, []);

describe('an order to an operator that cannot recognise a repeated submission', () => {
  test(`is placed exactly once, whatever answers are lost: ${TRIALS} trials of two equal orders at once`, async () => {
    for (let trial = 0; trial < TRIALS; trial += 1) {
      operator.clock.pass(1);
      const start = operator.clock.now();
      operator.clock.pass(0.01);
      const submissions = submissionsInMemory();
      const open = new Set<OrderId>([`ord_${trial}_a`, `ord_${trial}_b`]);
      const references: string[] = [];
      operator.sandbox.behave('3uk', { failureRate: 0.3 + 0.5 * random() });
      for (let round = 0; open.size > 0; round += 1) {
        if (round > 30) {
          operator.sandbox.behave('3uk', {});
        }
        for (const orderId of open) {
          const outcome = await attempt(orderId, submissions, random() < 0.2);
          if (outcome) {
            expect(outcome).toMatchObject({ outcome: 'accepted' });
            references.push('operatorReference' in outcome ? outcome.operatorReference : '');
            open.delete(orderId);
          }
        }
        operator.clock.pass(0.02);
      }
      operator.sandbox.behave('3uk', {});
      const placed = (await placedSince(start)).map(({ operatorReference }) => operatorReference);
      expect(placed.sort()).toEqual(references.sort());
      expect(new Set(placed).size).toBe(2);
    }
  }, 120_000);

  test('is handed to the staff, and not sent again, when the operator has another order that looks the same', async () => {
    operator.clock.pass(0.01);
    const start = operator.clock.now();
    operator.clock.pass(0.01);
    const submissions = submissionsInMemory();
    await attempt('ord_1', submissions, true);
    // Somebody orders the same quantity in the operator's portal.
    await operator.gateway.submitOrder({ ...anOrder('ord_portal', 10), contact });
    operator.clock.pass(1);
    expect(await attempt('ord_1', submissions, false)).toEqual({ outcome: 'unknown' });
    expect(await placedSince(start)).toHaveLength(2);
  });

  test('is handed to the staff when the record of its submission is lost', async () => {
    const submissions = submissionsInMemory();
    await attempt('ord_1', submissions, true);
    submissions.end();
    expect(await attempt('ord_1', submissions, false)).toEqual({ outcome: 'unknown' });
  });

  test('is handed to the staff when it could not be looked for during a day', async () => {
    const submissions = submissionsInMemory();
    await attempt('ord_1', submissions, true);
    operator.sandbox.behave('3uk', { failureRate: 1 });
    expect(await attempt('ord_1', submissions, false)).toBeUndefined();
    operator.clock.pass(1.1);
    expect(await attempt('ord_1', submissions, false)).toEqual({ outcome: 'unknown' });
  });
});
