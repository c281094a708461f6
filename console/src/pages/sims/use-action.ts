import { hashKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem } from '../../api/api-problem.ts';
import { serverNow } from '../../api/server-time.ts';
import { formatTime } from '../../app/format.ts';
import { useSettled } from '../../app/use-settled.ts';
import * as text from '../../text/index.ts';
import { readOperations } from '../operations/queries.ts';
import { type ActionDraft, effectiveAtOf, emptyActionDraft, hasTargets, isConfirmed, isPast } from './action-draft.ts';
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
    mutationFn: async () => {
      await requireFuture(draft);
      return runAction(action, selection, draft, { dryRun: false, idempotencyKey: key });
    },
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

/**
 * The API starts an action at once whose time has passed. Any answer of the API has its present time.
 *
 * @throws ApiProblem at the field of the time
 */
async function requireFuture(draft: ActionDraft): Promise<void> {
  if (draft.startAt) {
    await readOperations({}, undefined, 1);
    const now = serverNow();
    if (isPast(draft, now)) {
      const message = text.sims.action.pastTime(formatTime(now.toISOString()).local);
      throw new ApiProblem(422, { errors: [{ pointer: '/effectiveAt', code: 'past', message }] });
    }
  }
}

const hashOf = (...checked: Parameters<typeof dryRunQuery>) => hashKey(dryRunQuery(...checked).queryKey);
