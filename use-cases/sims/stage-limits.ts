/** The number of concurrent SIM writes of a task. More would not be faster and would be throttled sooner. */
export const WRITES_IN_FLIGHT = 32;

/*
 * The history of an execution has at most 25,000 events (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
 * These limits keep it below half of that for any number of SIMs: a turn of a shard takes 7 events, 11 if
 * it waits for its operator, a shard 6 more, and there are up to 16 shards. Confirming activations for a week takes about 5,500 events.
 */

/** The number of calls of each shard in one run of a stage. The next run continues. */
export const TURNS_PER_STAGE_RUN = 12;
/** The number of stage runs of an execution. Then the work continues in a new execution. */
export const STAGE_RUNS_PER_EXECUTION = 4;
