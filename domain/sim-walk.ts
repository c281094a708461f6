import type { OperatorId, PartnerId } from './ids.ts';
import { HOUR_MS } from './time-units.ts';

/** Why all SIMs of an operator are visited. Each purpose has walks of its own. */
export const walkPurposes = ['usage', 'compare'] as const;
export type WalkPurpose = (typeof walkPurposes)[number];

/** A place among all SIMs: in a shard of a partner's SIMs, after an ICCID or before the first one. */
export type WalkPosition = { partnerId: PartnerId; shard: number; after?: string };

/** The walk of an operator's SIMs that is in progress, or the last one. */
export type SimWalk = {
  purpose: WalkPurpose;
  operatorId: OperatorId;
  /** RFC 3339, UTC, like the other times. */
  startedAt: string;
  /** Absent while the walk is in progress. */
  endedAt?: string;
  /** SIMs up to here have been visited. Absent at the beginning. */
  position?: WalkPosition;
  /** The number of runs in a row that failed at this position. */
  failures?: number;
  /** The number of SIMs of this walk that were skipped because the operator did not answer. */
  skipped?: number;
  /** Whether the next walk starts as soon as this one ends: it was requested meanwhile. */
  again?: true;
  /** When the last walk that skipped no SIM started: every SIM has been visited since. */
  visitedSince?: string;
  version: number;
};

/** After this many failed runs at one position, SIMs are visited one by one, so that one SIM does not keep others waiting. */
export const RUNS_BEFORE_ISOLATION = 3;

/** After this many failed runs at one position, its SIMs are skipped until the next walk. */
export const MAX_FAILED_WALK_RUNS = 24;

/** The walk to continue: the one in progress, or a new one when its time has come. `undefined` when none is due. */
export function dueWalk(
  last: SimWalk | undefined,
  { purpose, operatorId, everyMs }: Pick<SimWalk, 'purpose' | 'operatorId'> & { everyMs: number },
  now: Date,
): SimWalk | undefined {
  if (last?.endedAt === undefined && last !== undefined) {
    return last;
  }
  if (last !== undefined && !last.again && now.getTime() - Date.parse(last.startedAt) < everyMs) {
    return undefined;
  }
  return {
    purpose,
    operatorId,
    startedAt: now.toISOString(),
    ...(last?.visitedSince === undefined ? {} : { visitedSince: last.visitedSince }),
    version: last?.version ?? 0,
  };
}

/** The walk after the SIMs up to a position. `skipped` counts those that were not visited. */
export function walkTo({ failures: _, ...walk }: SimWalk, position: WalkPosition, skipped = 0): SimWalk {
  const allSkipped = (walk.skipped ?? 0) + skipped;
  return { ...walk, position, ...(allSkipped === 0 ? {} : { skipped: allSkipped }) };
}

/** The walk after a run that failed at its position. */
export function walkAfterFailure(walk: SimWalk): SimWalk {
  return { ...walk, failures: (walk.failures ?? 0) + 1 };
}

/** The walk at its end. A walk that skipped SIMs does not move `visitedSince`. */
export function endWalk({ position: _position, failures: _failures, ...walk }: SimWalk, now: Date): SimWalk {
  const isComplete = (walk.skipped ?? 0) === 0;
  return { ...walk, endedAt: now.toISOString(), ...(isComplete ? { visitedSince: walk.startedAt } : {}) };
}

/** How long ago the least recently visited SIM may have been visited, in hours. Before the first complete walk: how long it has taken. */
export function hoursSinceAllVisited({ visitedSince, startedAt }: SimWalk, now: Date): number {
  return (now.getTime() - Date.parse(visitedSince ?? startedAt)) / HOUR_MS;
}
