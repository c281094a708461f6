import pMap from 'p-map';
import { IN_FLIGHT } from './limits.ts';
import { move } from './move.ts';
import { shardTask } from './shard.ts';

/** Moves SIMs to a partner service: out of holding, or from one service to another. */
export const handler = shardTask((work) => pMap(work.open, (iccid) => move(work, iccid), { concurrency: IN_FLIGHT }));
