/** How many writes of SIMs one task has under way at a time: more does not go faster, and throttles sooner. */
export const IN_FLIGHT = 32;

/*
 * An execution's history ends at 25,000 events (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html);
 * these keep it under half of that, whatever the number of SIMs. A turn of a shard is 7 events, a shard has 6 more, and
 * there are 16 of them; confirming activations for a week takes about 5,500.
 */

/** How often one run of a stage calls each of its shards; what is left then is the next run's. */
export const TURNS_PER_STAGE_RUN = 12;
/** How many runs of stages an execution makes before the work goes on in a fresh one. */
export const STAGE_RUNS_PER_EXECUTION = 3;
