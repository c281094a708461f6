import { requestChange } from '../../use-cases/sims/changes/request-change.ts';
import { processShard } from '../../use-cases/sims/process-shard.ts';
import { createTask, shardInput } from '../background/task.ts';

/** Unassigns, suspends, resumes or terminates the SIMs of a shard. */
export const handler = createTask(shardInput, (input, hasTime) => processShard(input, hasTime, requestChange));
