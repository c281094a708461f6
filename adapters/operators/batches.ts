import { OperatorUnavailable } from '../../domain/operator-port.ts';

/** Batches of distinct ICCIDs in the given order, so that the same request yields the same batches. */
export function batchesOf(iccids: readonly string[], size: number): string[][] {
  const unique = [...new Set(iccids)];
  return Array.from({ length: Math.ceil(unique.length / size) }, (_, index) =>
    unique.slice(index * size, (index + 1) * size),
  );
}

/**
 * Asks an operator about one batch after another, so as not to overload it. A batch without an answer does not lose the answers
 * about the others: its SIMs are left out, and the caller asks about them again. Stops at the second batch in a row without an
 * answer, because then the operator is the problem, not the batch.
 *
 * @throws OperatorUnavailable the first error, when no batch was answered.
 */
export async function askInBatches<Batch, Answer>(
  batches: readonly Batch[],
  ask: (batch: Batch) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let firstError: OperatorUnavailable | undefined;
  let isAnyAnswered = false;
  let didLastFail = false;
  for (const batch of batches) {
    try {
      answers.push(...(await ask(batch)));
      isAnyAnswered = true;
      didLastFail = false;
    } catch (error) {
      if (!(error instanceof OperatorUnavailable)) {
        throw error;
      }
      firstError ??= error;
      if (didLastFail) {
        break;
      }
      didLastFail = true;
    }
  }
  if (firstError && !isAnyAnswered) {
    throw firstError;
  }
  return answers;
}
