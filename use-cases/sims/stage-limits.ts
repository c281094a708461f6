/** How many writes of SIMs a task has in flight: more are no faster and are throttled sooner. */
export const WRITES_IN_FLIGHT = 32;

/*
 * The history of an execution has at most 25,000 events (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
 * These limits keep it below half of that, whatever the number of SIMs: a turn of a shard takes 7 events, a shard 6 more, and
 * there are up to 16 shards. Confirming activations for a week takes about 5,500.
 */

/** How often one run of a stage calls each of its shards. The next run does the rest. */
export const TURNS_PER_STAGE_RUN = 12;
/** How many runs of stages an execution makes before the work continues in a new one. */
export const STAGE_RUNS_PER_EXECUTION = 3;
