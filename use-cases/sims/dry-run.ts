import { eachManifestPage, orderManifest } from '../../adapters/dynamodb/manifests.ts';
import { listSims } from '../../adapters/dynamodb/sim-lists.ts';
import { getSims } from '../../adapters/dynamodb/sims.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { SimWarning } from '../../domain/minimum-term.ts';
import type { SimFilter } from '../../domain/operation.ts';
import { decideOrNotFound, type SimProblem, type SimRequest } from '../../domain/sim-actions.ts';
import { warningsOf } from './minimum-terms.ts';
import type { ResolvedSelection } from './resolve-selection.ts';

/** A dry run of up to this many SIMs is answered immediately; a larger one is an operation. */
const MAX_IMMEDIATE_DRY_RUN = 1000;

/** The ICCIDs of a selection that is small enough for an immediate dry run; `undefined` when it is larger. */
export async function smallSelection(
  partnerId: PartnerId,
  { selection, iccids, count }: ResolvedSelection,
): Promise<readonly string[] | undefined> {
  if ((count ?? 0) > MAX_IMMEDIATE_DRY_RUN) {
    return undefined;
  }
  if (selection.kind === 'order') {
    const found: string[] = [];
    for await (const page of eachManifestPage(orderManifest(partnerId, selection.orderId))) {
      found.push(...page.iccids);
    }
    return found;
  }
  return selection.kind === 'filter' ? smallFilter(partnerId, selection.filter) : iccids;
}

async function smallFilter(partnerId: PartnerId, filter: SimFilter): Promise<readonly string[] | undefined> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const { items, next } = await listSims(partnerId, filter, MAX_IMMEDIATE_DRY_RUN + 1 - found.length, after);
    found.push(...items.map(({ iccid }) => iccid));
    if (found.length > MAX_IMMEDIATE_DRY_RUN) {
      return undefined;
    }
    after = next;
  } while (after !== undefined);
  return found;
}

/** The report of a dry run: for which SIMs the action would succeed, and why it would fail for the others. */
export type DryRun = {
  total: number;
  eligible: number;
  /** How many of the eligible SIMs are already in the requested state. */
  unchanged: number;
  ineligible: number;
  byCode: Readonly<Record<string, number>>;
  results: readonly { iccid: string; eligible: boolean; problem?: SimProblem; warnings?: readonly SimWarning[] }[];
};

/** Applies the rules to each SIM, as the real run would, and changes nothing. */
export async function dryRun(
  partnerId: PartnerId,
  listed: readonly string[],
  request: SimRequest,
  now: Date,
): Promise<DryRun> {
  const sims = await getSims(partnerId, listed);
  const at = now.toISOString();
  const decisions = listed.map((iccid) => ({ iccid, decision: decideOrNotFound(sims.get(iccid), request, at) }));
  const changed = decisions.flatMap(({ iccid, decision }) =>
    decision.kind === 'change' ? (sims.get(iccid) ?? []) : [],
  );
  const warnings = await warningsOf(partnerId, request, changed, at);
  const results = decisions.map(({ iccid, decision }): DryRun['results'][number] => {
    const own = warnings.get(iccid);
    return decision.kind === 'refused'
      ? { iccid, eligible: false, problem: decision.problem }
      : { iccid, eligible: true, ...(own ? { warnings: own } : {}) };
  });
  const codes = results.flatMap(({ problem }) => (problem ? [problem.code] : []));
  return {
    total: results.length,
    eligible: results.length - codes.length,
    unchanged: decisions.filter(({ decision }) => decision.kind === 'unchanged').length,
    ineligible: codes.length,
    byCode: Object.fromEntries(
      [...new Set(codes)].map((code) => [code, codes.filter((candidate) => candidate === code).length]),
    ),
    results,
  };
}
