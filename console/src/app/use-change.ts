import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isStale } from '../api/api-problem.ts';
import { useNotify } from './notifications.tsx';

/**
 * A change that the user makes: reports its success above the page, and reads again all that it may have changed.
 *
 * @param invalidates the first part of the keys of the queries to read again
 */
export function useChange<Result>({
  run,
  done,
  invalidates,
  onDone,
  reportsProblem = false,
  isRemoval = false,
}: {
  run: () => Promise<Result>;
  done?: string | ((result: Result) => string);
  invalidates: readonly string[];
  onDone?: (result: Result) => void;
  /** Whether a problem is shown above the page, because no form shows it; a conflict may be shown otherwise. */
  reportsProblem?: boolean | 'without conflicts';
  /** Whether the change removes the resource of the page, which cannot be read again: lists are read when they are opened. */
  isRemoval?: boolean;
}): { mutate(): void; reset(): void; isPending: boolean; error: unknown } {
  const notify = useNotify();
  const queries = useQueryClient();
  const { mutate, reset, isPending, error } = useMutation({
    mutationFn: run,
    onSuccess: (result) => {
      if (done !== undefined) {
        notify('success', typeof done === 'string' ? done : done(result));
      }
      onDone?.(result);
    },
    onError: (problem) => {
      if (reportsProblem === true || (reportsProblem && !isStale(problem))) {
        notify('error', problem.message);
      }
    },
    onSettled: (_result, problem) => {
      const refetchType = isRemoval && !problem ? 'none' : 'active';
      return Promise.all(invalidates.map((key) => queries.invalidateQueries({ queryKey: [key], refetchType })));
    },
  });
  return { mutate: () => mutate(), reset, isPending, error };
}
