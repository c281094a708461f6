import { hashKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem } from '../../api/api-problem.ts';
import { useSettled } from '../../app/use-settled.ts';
import { type ActionDraft, effectiveAtOf, emptyActionDraft, hasTargets, isConfirmed } from './action-draft.ts';
import { type DryRun, dryRunQuery, isReport, type Operation, runAction } from './queries.ts';
import { countOf, type OfferedAction, type Selection } from './selection.ts';
import { useReport } from './use-report.ts';

/** An action on SIMs while the user fills in its form: its draft, what it would do, and the request that starts it. */
export function useAction(action: OfferedAction, selection: Selection, onStarted: (operation: Operation) => void) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(emptyActionDraft);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [isNumberRefused, setNumberRefused] = useState(false);
  const settled = useSettled(draft);
  const isPossible = hasTargets(action, settled);
  const dryRun = useQuery({ ...dryRunQuery(action, selection, settled), enabled: isPossible });
  const found = useReport(dryRun);
  const run = useMutation({
    mutationFn: () => runAction(action, selection, draft, { dryRun: false, idempotencyKey: key }),
    onSuccess: (answer: DryRun | Operation) => {
      if (!isReport(answer)) {
        void queries.invalidateQueries({ queryKey: ['sims'] });
        onStarted(answer);
      }
    },
    onError: (error) => {
      // SIMs may have arrived since the check.
      if (error instanceof ApiProblem && error.errors.some(({ pointer }) => pointer === '/confirm')) {
        setNumberRefused(true);
        void dryRun.refetch();
      }
    },
  });
  const change = (part: Partial<ActionDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setKey(crypto.randomUUID());
    run.reset();
  };
  const total = countOf(selection) ?? found.total;
  const isTimeComplete = draft.startAt === undefined || effectiveAtOf(draft) !== undefined;
  return {
    draft,
    change,
    run,
    dryRun,
    found,
    total,
    isNumberRefused,
    isPossible,
    /** What was typed since the check started is checked shortly. */
    isOutdated: hashOf(action, selection, settled) !== hashOf(action, selection, draft),
    isComplete:
      hasTargets(action, draft) &&
      isConfirmed(action, selection, draft, { total, isRefused: isNumberRefused }) &&
      isTimeComplete,
  };
}

const hashOf = (...checked: Parameters<typeof dryRunQuery>) => hashKey(dryRunQuery(...checked).queryKey);
