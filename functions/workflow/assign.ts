import { applyActionToAll } from '../../use-cases/sims/apply-action.ts';
import { processShard } from '../../use-cases/sims/process-shard.ts';
import { createTask, shardInput } from '../background/task.ts';

/** Assigns the SIMs of a shard to a customer service. */
export const handler = createTask(shardInput, (input, hasTime) => processShard(input, hasTime, applyActionToAll));
