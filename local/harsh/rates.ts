/**
 * What harsh mode does, and how often. AWS does all of it, far less often. The rates are such that the retries of AWS's SDK (three
 * attempts, eight for DynamoDB) and the product's own pass with overwhelming probability: a failure that remains is a fault of the
 * product, not bad luck.
 *
 * | fault                    | what happens                                                        | how often                           |
 * |--------------------------|---------------------------------------------------------------------|-------------------------------------|
 * | index lag                | eventually consistent reads show an item as it was before a write   | 3 of 10 writes, up to 400 ms        |
 * | conflicts                | a write is refused because a transaction is at work on its item     | 1 of 100 writes, 1 of 50 transactions |
 * | throttling               | a service refuses 6 of 10 calls                                     | bursts of 100 to 400 ms, one in 4 to 12 s |
 * | lost answers             | the call takes effect, and then its connection breaks               | 1 of 300 calls                      |
 * | dead sockets             | a connection breaks when it is used again, without effect           | 1 of 300 calls                      |
 * |                          | a service closes an idle connection                                 | 1 of 2, after 50 to 1,000 ms        |
 * | repeated invocations     | an asynchronous invocation is delivered twice, and overlaps         | 1 of 4, up to 300 ms later          |
 * | overlapping schedules    | a schedule does not wait for its previous run                       | 1 of 4 runs                         |
 * | repeated records         | a batch of a stream that was handled is delivered again             | 1 of 7 batches                      |
 * | frozen workers           | between two invocations no timer of a worker runs and no socket is read | always                          |
 */
export const rates = {
  indexLag: { share: 0.3, ms: [0, 400] },
  conflicts: { ofWrites: 0.01, ofTransactions: 0.02 },
  throttling: { pauseMs: [4_000, 12_000], burstMs: [100, 400], share: 0.6 },
  lostAnswers: { share: 1 / 300 },
  deadSockets: { share: 1 / 300, idleShare: 0.5, idleMs: [50, 1_000] },
  repeatedInvocations: { share: 0.25, laterByMs: [0, 300] },
  overlappingSchedules: { share: 0.25 },
  repeatedRecords: { share: 0.15 },
} as const;

/** How long a list may lag behind a write in harsh mode: longer than any index does, with time to read it. */
export const INDEX_LAG_MS = rates.indexLag.ms[1];
