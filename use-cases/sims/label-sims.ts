import pMap from 'p-map';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { LABELLED } from '../../adapters/dynamodb/sim-history.ts';
import { getSims, type SimRecord, saveSim } from '../../adapters/dynamodb/sims.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { hasSameNaming, relabel } from '../../domain/sim.ts';
import { type LabelChange, type LabelRow, namingProblem, readLabelRows } from '../../domain/sim-labels.ts';
import { type LoadedFile, loadedFile, notProcessed, type RowProblem } from '../../domain/sim-manifest.ts';
import { escapePointer } from '../refusal.ts';
import { requireKnownFields } from './sim-field-names.ts';
import { FILE_SAVES_WITHIN_MS, WRITES_IN_FLIGHT } from './stage-limits.ts';

/**
 * Sets labels, tags and fields of SIMs from a file. A file can be sent again.
 *
 * 1. Check that the partner has the fields of all columns.
 * 2. Check each row independently: a bad row changes nothing and does not affect others.
 * 3. Save the SIMs that differ from their row. A SIM that another request changes at the same time is reported, and so are rows for
 *    which there was no time.
 *
 * @param savesWithinMs for how long after the start rows are saved, in real milliseconds.
 * @throws Refusal `invalid_input` for columns of fields that the partner does not have
 */
export async function labelSims(
  caller: PartnerCaller,
  rows: readonly LabelRow[],
  {
    now,
    isDryRun,
    savesWithinMs = FILE_SAVES_WITHIN_MS,
  }: { now: Date; isDryRun: boolean; savesWithinMs?: number | undefined },
): Promise<LoadedFile> {
  const deadline = performance.now() + savesWithinMs;
  const columns = Object.assign({}, ...rows.map(({ fields }) => fields));
  await requireKnownFields(caller.partnerId, columns, (name) => `/columns/${escapePointer(`field:${name}`)}`);
  const { read, errors } = readLabelRows(rows);
  const sims = await getSims(
    caller.partnerId,
    read.map(({ value: { iccid } }) => iccid),
  );
  const outcomes = await pMap(
    read,
    async ({ row, value }) => {
      const outcome = await labelOne(caller, sims.get(value.iccid), value, { now, isDryRun, deadline });
      return typeof outcome === 'string' ? outcome : { row, iccid: value.iccid, ...outcome };
    },
    { concurrency: WRITES_IN_FLIGHT },
  );
  const failed = outcomes.flatMap((outcome) => (typeof outcome === 'string' ? [] : [outcome]));
  const unchanged = outcomes.filter((outcome) => outcome === 'unchanged').length;
  return loadedFile(rows.length, unchanged, [...errors, ...failed]);
}

async function labelOne(
  caller: PartnerCaller,
  sim: SimRecord | undefined,
  { iccid: _iccid, ...labels }: LabelChange,
  { now, isDryRun, deadline }: { now: Date; isDryRun: boolean; deadline: number },
): Promise<'changed' | 'unchanged' | RowProblem> {
  if (!sim) {
    return { code: 'not_found', message: 'You have no SIM with this ICCID.' };
  }
  const labelled = relabel(sim, labels, now.toISOString());
  if (hasSameNaming(sim, labelled)) {
    return 'unchanged';
  }
  const problem = namingProblem(labelled, labels);
  if (problem) {
    return { code: problem.code, message: problem.detail };
  }
  if (isDryRun) {
    return 'changed';
  }
  if (performance.now() > deadline) {
    return notProcessed;
  }
  try {
    await saveSim(caller.partnerId, sim, labelled, LABELLED, { actor: caller.userId });
    return 'changed';
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return { code: 'conflict', message: 'The SIM was changed at the same time. Send the row again.' };
    }
    throw error;
  }
}
