import type { OperatorId } from '../../domain/ids.ts';
import type { PlatformKind } from '../../domain/operator.ts';
import { itemKinds } from './item-kinds.ts';
import { queryAll } from './queries.ts';
import { get } from './reads.ts';
import { update } from './write-requests.ts';
import { write } from './writes.ts';

/** How far the usage of an operator is counted. */
export type UsageProgress = {
  operatorId: OperatorId;
  /** The cursor up to which its records are counted. */
  cursor?: string;
  /** The platform that issued the cursor. Earlier versions did not store it. */
  cursorOf?: PlatformKind;
  /** How many runs in a row failed at the cursor. */
  failures?: number;
  /** Until when its usage is in (RFC 3339, UTC). Absent while unknown. */
  completeUntil?: string;
};

/** The progress of each operator, by operator. */
export async function readUsageProgress(): Promise<Map<OperatorId, UsageProgress>> {
  const items = await queryAll<UsageProgress>(itemKinds.usageCursor.range({}));
  return new Map(items.map((progress) => [progress.operatorId, progress]));
}

export async function getUsageProgress(operatorId: OperatorId): Promise<UsageProgress | undefined> {
  return get<UsageProgress>(itemKinds.usageCursor.key({ operatorId }));
}

/** Stores the cursor of an operator. If an older cursor overwrites it, records come again and count once. */
export async function saveUsageCursor(operatorId: OperatorId, cursor: string, cursorOf: PlatformKind): Promise<void> {
  const change = { set: { operatorId, cursor, cursorOf }, remove: ['failures'] };
  await write(update(itemKinds.usageCursor.key({ operatorId }), change));
}

/** Stores until when the usage of an operator is in. */
export async function saveCompleteUntil(operatorId: OperatorId, completeUntil: string): Promise<void> {
  await write(update(itemKinds.usageCursor.key({ operatorId }), { set: { operatorId, completeUntil } }));
}

/** Counts a run that failed at the cursor. */
export async function countUsageFailure(operatorId: OperatorId): Promise<void> {
  await write(update(itemKinds.usageCursor.key({ operatorId }), { set: { operatorId }, add: { failures: 1 } }));
}
