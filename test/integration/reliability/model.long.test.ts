import { expect, test } from '@jest/globals';
import { runModel } from '../../../verification/model/run-model.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const cloud = useLocalCloud();

// `npm run model` takes any number of steps and any seed.
test('random histories agree with the model', async () => {
  const { failure, steps } = await runModel({
    url: cloud.url(),
    steps: 14,
    seed: 6,
    maxCommands: 25,
    shrinkForMs: 60_000,
  });
  expect(failure).toBeUndefined();
  expect(steps).toBeGreaterThanOrEqual(14);
});
