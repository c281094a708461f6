import { requestActivation } from '../../use-cases/sims/changes/request-activation.ts';
import { processShard } from '../../use-cases/sims/process-shard.ts';
import { createTask, shardInput } from '../background/task.ts';

/** Requests the activation of the SIMs of a shard. */
export const handler = createTask(shardInput, (input, hasTime) => processShard(input, hasTime, requestActivation));
