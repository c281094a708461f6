import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

// A sample of `npm run chaos`, which takes all calls and all faults.
const samples = [
  {
    life: 'order',
    title: 'an order and a bulk operation have',
    calls: [
      'WorkflowSubmitToOperator: operators PUT',
      'WorkflowAssign: dynamodb TransactWriteItems',
      'WorkflowChange: operators POST /sims/bars',
    ],
  },
  {
    life: 'changes',
    title: 'changes that take time have',
    calls: [
      'ApiManualOrders: dynamodb TransactWriteItems TASK REFUSED',
      'ApiManualOrders: dynamodb Query (of all)',
      'WorkflowChange: operators POST /sims/terminations',
    ],
  },
  {
    life: 'accelerator',
    title: 'an order at IoT Accelerator has',
    calls: ['WorkflowSubmitToOperator: operators POST /subscriptions/order'],
  },
  {
    life: 'control-center',
    title: 'changes at Control Center have',
    calls: [
      'WorkflowConfirmActivation: dynamodb TransactWriteItems RES OP PSV CSV',
      'WorkflowActivate: dynamodb TransactWriteItems RES OP',
    ],
  },
];
const faults = ['answer lost', 'killed after'];

test.each(samples)(
  '$title the same result with any fault',
  async ({ life, calls }) => {
    const program = fileURLToPath(new URL('../../../verification/chaos/main.ts', import.meta.url));
    const args = ['--life', life, '--match', calls.join(','), '--fault', faults.join(','), '--concurrency', '6'];
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args]);
    // A busy machine may divide the work among more calls, which not every life makes; the first of each occurs in all.
    const [, occurred, failed] = /trials: (\d+) faults occurred, \d+ did not, (\d+) lives failed/.exec(stdout) ?? [];
    expect(Number(failed)).toBe(0);
    expect(Number(occurred)).toBeGreaterThanOrEqual(calls.length * faults.length);
  },
  240_000,
);
