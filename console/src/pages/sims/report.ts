import type { Resource } from '../../api/client.ts';

type Result = Pick<Resource<'Result'>, 'iccid' | 'problem' | 'warnings'>;

/** SIMs that an action is not possible for, for the same reason. */
type Refusal = { code: string; count: number; examples: { iccid: string; detail: string }[] };

/** What an action would do: how many SIMs it changes, which need no change, why others cannot change, and what it ends early. */
export type Report = {
  changing: number;
  /** SIMs that are already as the action would make them. */
  unchanged: number;
  ineligible: number;
  refusals: Refusal[];
  /** Possible actions that end a minimum term early, with the last day of all of those terms. */
  withinTerm: { count: number; until: string } | undefined;
};

/** The number of SIMs that a reason names. */
const MAX_EXAMPLES = 5;

/** Summarises the results of a dry run. Most frequent reasons come first. */
export function reportOf(
  { eligible, unchanged, ineligible }: Pick<Resource<'DryRun'>, 'eligible' | 'unchanged' | 'ineligible'>,
  results: readonly Result[],
): Report {
  const refusals = new Map<string, Refusal>();
  for (const { iccid, problem } of results) {
    if (problem) {
      const { count = 0, examples = [] } = refusals.get(problem.code) ?? {};
      const named = examples.length < MAX_EXAMPLES ? [...examples, { iccid, detail: problem.detail }] : examples;
      refusals.set(problem.code, { code: problem.code, count: count + 1, examples: named });
    }
  }
  const ends = results.flatMap(({ problem, warnings }) => {
    const until = warnings?.find(({ code }) => code === 'within_term')?.until;
    return problem || until === undefined ? [] : [until];
  });
  const until = ends.toSorted().at(-1);
  return {
    changing: eligible - unchanged,
    unchanged,
    ineligible,
    refusals: [...refusals.values()].sort((a, b) => b.count - a.count),
    withinTerm: until === undefined ? undefined : { count: ends.length, until },
  };
}
