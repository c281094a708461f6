import { clock } from '../../adapters/clock.ts';
import { dueWebhooks } from '../../adapters/dynamodb/deliveries.ts';
import { dueFailedChanges } from '../../adapters/dynamodb/failed-changes.ts';
import { deliverEvents } from '../../use-cases/webhooks/deliver-events.ts';
import { retryFailedChange } from '../../use-cases/webhooks/retry-failed-change.ts';
import type { OpenRequests } from '../../use-cases/webhooks/send-pending.ts';
import { processDue, processDueConcurrently } from '../background/process-due.ts';
import { createSchedule } from '../background/schedule.ts';

const CONCURRENT_WEBHOOKS = 100;
const CHANGES_PER_READ = 100;
const CONCURRENT_CHANGES = 4;

/** The next invocation starts after a minute, in milliseconds of real time. */
const STARTS_FOR_MS = 55_000;

/**
 * Queues the events of changes that the stream's function could not queue, then sends queued events: webhooks concurrently,
 * so that a slow receiver delays no other.
 */
export const handler = createSchedule(async (hasTime) => {
  const startedAt = Date.now();
  const requests: OpenRequests = { inFlight: 0 };
  await processDue(hasTime, {
    size: CHANGES_PER_READ,
    kind: 'changes',
    find: (limit) => dueFailedChanges(clock.now(), limit),
    process: ({ id }) => retryFailedChange(id, clock.now()),
    concurrency: CONCURRENT_CHANGES,
  });
  await processDueConcurrently(() => hasTime() && Date.now() - startedAt < STARTS_FOR_MS, {
    kind: 'webhooks',
    find: (limit) => dueWebhooks(clock.now(), limit),
    process: ({ partnerId, webhookId }) => deliverEvents(partnerId, webhookId, requests),
    concurrency: CONCURRENT_WEBHOOKS,
  });
});
