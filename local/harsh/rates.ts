/**
 * The faults of harsh mode and their rates. AWS shows all of them, far less often. At these rates the retries of AWS's SDK (three
 * attempts, eight for DynamoDB) and the product's own succeed with overwhelming probability: a remaining failure is a bug of the
 * product, not bad luck.
 *
 * | fault                    | what happens                                                        | how often                           |
 * |--------------------------|---------------------------------------------------------------------|-------------------------------------|
 * | index lag                | eventually consistent reads show an item as it was before a write   | 3 of 10 writes, up to 400 ms        |
 * | conflicts                | a write conflicts with an ongoing transaction on its item           | 1 of 100 writes, 1 of 50 transactions |
 * | throttling               | a service throttles 6 of 10 calls                                   | bursts of 100 to 400 ms, one in 4 to 12 s |
 * | lost answers             | a call takes effect, then its connection breaks                     | 1 of 300 calls                      |
 * | dead sockets             | a reused connection breaks before the call takes effect             | 1 of 300 calls                      |
 * |                          | a service closes an idle connection                                 | 1 of 2, after 50 to 1,000 ms        |
 * | repeated invocations     | an asynchronous invocation is delivered twice, and overlaps         | 1 of 4, up to 300 ms later          |
 * | overlapping schedules    | a schedule does not wait for its previous run                       | 1 of 4 runs                         |
 * | repeated records         | a handled batch of a stream is delivered again                      | 1 of 7 batches                      |
 * | frozen workers           | no timer runs and no socket is read between two invocations | always                          |
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

/** The maximum lag of an index in harsh mode, in milliseconds. */
export const INDEX_LAG_MS = rates.indexLag.ms[1];
