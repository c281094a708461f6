import pMap from 'p-map';
import { groupsToImport, importSims } from '../../adapters/dynamodb/imported-sims.ts';
import { ensureHoldingService } from '../../adapters/dynamodb/services.ts';
import { ownersOf } from '../../adapters/dynamodb/sims.ts';
import type { OperatorId, PartnerId, ServiceId } from '../../domain/ids.ts';
import type { Operator } from '../../domain/operator.ts';
import type { Sim } from '../../domain/sim.ts';
import { importSim, importStates, readMoment } from '../../domain/sim-import.ts';
import { readLabels } from '../../domain/sim-labels.ts';
import {
  FIRST_ROW,
  type LoadableRow,
  type LoadedFile,
  loadedFile,
  notProcessed,
  type RowError,
  readSimRows,
  rowError,
  type SimRow,
} from '../../domain/sim-manifest.ts';
import { knownOperator } from '../known-operator.ts';
import { readPartner } from '../platform/read-partners.ts';
import { importTargets, type TargetCells } from './import-targets.ts';
import { FILE_SAVES_WITHIN_MS } from './stage-limits.ts';

/** A row of a file of existing SIMs. Empty cells are absent. */
export type ImportRow = SimRow &
  TargetCells & {
    state: string;
    label?: string | undefined;
    tags?: string | undefined;
    activatedAt?: string | undefined;
  };

/** Groups that are saved at the same time. They share the counts of services, so that more would only conflict. */
const GROUPS_IN_FLIGHT = 2;
const LOOKUPS_IN_FLIGHT = 16;

/**
 * Imports SIMs that a partner has at an operator already, in any state, with their services and customers. Nothing is sent to the
 * operator, and services and customers are never created. A file can be sent again.
 *
 * 1. Check each row independently: a bad row changes nothing and does not affect others.
 * 2. Save the SIMs in groups, each with the counts of its services in one transaction.
 *
 * @throws Refusal `not_found` when the partner does not exist, `invalid_input` for an operator that does not exist.
 */
export async function importFleet(
  partnerId: PartnerId,
  operatorId: OperatorId,
  rows: readonly ImportRow[],
  { actor, now, isDryRun }: { actor: string; now: Date; isDryRun: boolean },
): Promise<LoadedFile> {
  const deadline = performance.now() + FILE_SAVES_WITHIN_MS;
  await readPartner(partnerId);
  const operator = await knownOperator(operatorId, '/query/operatorId');
  const { loadable, errors } = readSimRows(rows, operator.iccid.checkDigit);
  const owners = await ownersOf(loadable.map(({ sim }) => sim.iccid));
  const isOwn = ({ sim: { iccid } }: LoadableRow) => owners.get(iccid) === partnerId;
  const isForeign = (row: LoadableRow) => owners.has(row.sim.iccid) && !isOwn(row);
  const fresh = loadable.filter((row) => !owners.has(row.sim.iccid));

  const at = now.toISOString();
  const versions = new Map<ServiceId, number>();
  const targetsOf = withVersions(importTargets(partnerId), versions);
  const read = await pMap(
    fresh,
    (row) => readRow(row, rows[row.row - FIRST_ROW], operator, targetsOf, { by: actor, at }),
    {
      concurrency: LOOKUPS_IN_FLIGHT,
    },
  );
  const ready = read.flatMap((outcome) => ('sim' in outcome ? [outcome] : []));
  if (!isDryRun && ready.length > 0) {
    await ensureHoldingService(partnerId, operator, at);
  }
  const lost = isDryRun ? [] : await saveAll(partnerId, ready, { versions, at, deadline });
  return loadedFile(rows.length, loadable.filter(isOwn).length, [
    ...errors,
    ...loadable.filter(isForeign).map(rowError('owned_by_other_partner', 'Another partner has this SIM.')),
    ...read.flatMap((outcome) => ('sim' in outcome ? [] : [outcome])),
    ...lost,
  ]);
}

/** Notes the version of each service that rows are checked against: a service that has changed by the time of the save may have another tariff. */
function withVersions(
  targetsOf: ReturnType<typeof importTargets>,
  versions: Map<ServiceId, number>,
): ReturnType<typeof importTargets> {
  return async (cells) => {
    const targets = await targetsOf(cells);
    for (const target of [targets.partnerService, targets.customerService]) {
      if (typeof target === 'object') {
        versions.set(target.service.id, target.service.version);
      }
    }
    return targets;
  };
}

const OVERTAKEN = 'A SIM or service of the same group was changed at the same time. Send the row again.';

type ReadyRow = { row: number; sim: Sim };

async function readRow(
  { row, sim: listed }: LoadableRow,
  cells: ImportRow | undefined,
  operator: Operator,
  targetsOf: ReturnType<typeof importTargets>,
  by: { by: string; at: string },
): Promise<ReadyRow | RowError> {
  const { state: stateCell = '', activatedAt: activatedCell, label, tags, ...targetCells } = cells ?? {};
  const { iccid } = listed;
  const state = importStates.find((known) => known === stateCell.trim());
  if (!state) {
    return { row, iccid, code: 'invalid_state', message: `state: must be one of ${importStates.join(', ')}.` };
  }
  const activatedAt = activatedCell === undefined ? undefined : readMoment(activatedCell);
  if (activatedCell !== undefined && activatedAt === undefined) {
    const message = 'activatedAt: must be a date or a time such as 2025-04-01T08:00:00Z.';
    return { row, iccid, code: 'invalid_activated_at', message };
  }
  const labels = readLabels({ label, tags });
  if ('code' in labels) {
    return { row, iccid, ...labels };
  }
  const targets = await targetsOf(targetCells);
  const sim = importSim({ listed, state, targets, ...labels, activatedAt }, operator, by);
  return 'code' in sim ? { row, iccid, ...sim } : { row, sim };
}

/** @returns the errors of rows that another request overtook, and of those for which there was no time. */
async function saveAll(
  partnerId: PartnerId,
  rows: readonly ReadyRow[],
  { versions, at, deadline }: { versions: ReadonlyMap<ServiceId, number>; at: string; deadline: number },
): Promise<RowError[]> {
  const rowOf = new Map(rows.map((row) => [row.sim, row]));
  const errors = await pMap(
    groupsToImport(rows.map(({ sim }) => sim)),
    async (group) => {
      const rowsOfGroup = group.flatMap((sim) => rowOf.get(sim) ?? []);
      if (performance.now() > deadline) {
        return rowsOfGroup.map(rowError(notProcessed.code, notProcessed.message));
      }
      return (await importSims(partnerId, group, versions, at)) ? [] : rowsOfGroup.map(rowError('conflict', OVERTAKEN));
    },
    { concurrency: GROUPS_IN_FLIGHT },
  );
  return errors.flat();
}
