import { expect, test } from '@jest/globals';
import { campaign } from '../../../verification/fuzz/campaign.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

// Other test files break items on purpose, and leave dead letters that name keys and internal errors.
const cloud = useLocalCloud({ isFresh: true });

/** A sample, the same each time; `npm run fuzz` sends a hundred thousand. */
const CALLS = 250;
/** Few of each route, so that every route has its turn. */
const TURN = 4;

test('requests generated from the document are answered as it describes', async () => {
  const { calls, findings } = await campaign(cloud.cloud(), {
    calls: CALLS,
    seed: 1,
    inFlight: 8,
    turn: TURN,
    partnerId: 'acme-fuzz',
  });
  expect(findings).toEqual([]);
  expect(calls).toBeGreaterThanOrEqual(CALLS);
});
