import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { askInBatches, batchesOf } from '../../../adapters/operators/batches.ts';
import { OperatorBusy, OperatorUnavailable } from '../../../domain/operator-port.ts';

describe('batches of SIMs', () => {
  test('contain each SIM once, in the given order', () => {
    expect(batchesOf(['1', '2', '1', '3'], 2)).toEqual([['1', '2'], ['3']]);
    expect(batchesOf([], 2)).toEqual([]);
  });

  /** Asks about numbered batches, of which some are not answered. */
  async function ask(count: number, fails: readonly number[]): Promise<{ asked: number[]; answers: number[] }> {
    const asked: number[] = [];
    const answers = await askInBatches([...Array(count).keys()], async (batch) => {
      asked.push(batch);
      if (fails.includes(batch)) {
        throw new OperatorUnavailable(`no answer about ${batch}`);
      }
      return [batch];
    });
    return { asked, answers };
  }

  test('keep their answers when the operator stops answering, which ends the calls', async () => {
    expect(await ask(9, [3, 4, 5, 6, 7, 8])).toEqual({ asked: [0, 1, 2, 3, 4], answers: [0, 1, 2] });
  });

  test('without an answer do not keep the others from being asked about', async () => {
    expect(await ask(6, [0, 2, 5])).toEqual({ asked: [0, 1, 2, 3, 4, 5], answers: [1, 3, 4] });
  });

  test('fail with the first error when none is answered', async () => {
    await expect(ask(5, [0, 1, 2, 3, 4])).rejects.toThrow('no answer about 0');
    await expect(ask(1, [0])).rejects.toBeInstanceOf(OperatorUnavailable);
  });

  test('keep their answers when the operator takes no further calls, which ends them at once', async () => {
    const asked: number[] = [];
    const answers = await askInBatches([0, 1, 2, 3], async (batch) => {
      asked.push(batch);
      if (batch === 2) {
        throw new OperatorBusy('later');
      }
      return [batch];
    });
    expect({ asked, answers }).toEqual({ asked: [0, 1, 2], answers: [0, 1] });
  });

  test('are asked about at the same time up to the given width, with the answers in their order', async () => {
    let open = 0;
    let most = 0;
    const answers = await askInBatches(
      [0, 1, 2, 3, 4, 5, 6],
      async (batch) => {
        open += 1;
        most = Math.max(most, open);
        await sleep(10 - batch);
        open -= 1;
        return [batch];
      },
      3,
    );
    expect({ most, answers }).toEqual({ most: 3, answers: [0, 1, 2, 3, 4, 5, 6] });
  });

  test('fail with any other error at once', async () => {
    const broken = askInBatches([1, 2], async (batch) => {
      if (batch === 2) {
        throw new TypeError('a bug');
      }
      return [batch];
    });
    await expect(broken).rejects.toThrow('a bug');
  });
});
