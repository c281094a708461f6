import { OperatorBusy, OperatorUnavailable } from '../../domain/operator-port.ts';

/** Batches of distinct ICCIDs in the given order, so that the same request yields the same batches. */
export function batchesOf(iccids: readonly string[], size: number): string[][] {
  const unique = [...new Set(iccids)];
  return Array.from({ length: Math.ceil(unique.length / size) }, (_, index) =>
    unique.slice(index * size, (index + 1) * size),
  );
}

/**
 * Asks an operator about batches, at most `width` at a time. A batch without an answer does not lose the answers about the others:
 * its SIMs are left out, and the caller asks about them again. Stops when the operator takes no further calls for now, and at the
 * second batch in a row without an answer, because then the operator is the problem, not the batch.
 *
 * @throws OperatorUnavailable the first error, when no batch was answered.
 */
export async function askInBatches<Batch, Answer>(
  batches: readonly Batch[],
  ask: (batch: Batch) => Promise<readonly Answer[]>,
  width = 1,
): Promise<Answer[]> {
  const answers: (readonly Answer[])[] = [];
  const errors: OperatorUnavailable[] = [];
  let next = 0;
  let failuresInARow = 0;
  let isStopped = false;

  async function askOne(index: number, batch: Batch): Promise<void> {
    try {
      answers[index] = await ask(batch);
      failuresInARow = 0;
    } catch (error) {
      failuresInARow += 1;
      isStopped ||= failuresInARow >= 2 || !(error instanceof OperatorUnavailable) || error instanceof OperatorBusy;
      if (!(error instanceof OperatorUnavailable)) {
        throw error;
      }
      errors.push(error);
    }
  }

  async function askOnOneLane(): Promise<void> {
    for (let batch = batches[next]; batch !== undefined && !isStopped; batch = batches[next]) {
      next += 1;
      await askOne(next - 1, batch);
    }
  }

  await Promise.all(Array.from({ length: width }, askOnOneLane));
  const [firstError] = errors;
  if (firstError && answers.length === 0) {
    throw firstError;
  }
  return answers.flat();
}
