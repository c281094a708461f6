import pMap from 'p-map';
import { IN_FLIGHT } from './limits.ts';
import { move } from './move.ts';
import { shardTask } from './shard.ts';

/** Assigns SIMs to a customer with one of its services, which cannot be deleted while this is at work. */
export const handler = shardTask((work) => pMap(work.open, (iccid) => move(work, iccid), { concurrency: IN_FLIGHT }));
