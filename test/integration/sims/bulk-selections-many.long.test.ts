import { expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-selections-many');

test('an operation on ten thousand ICCIDs has a result for each', async () => {
  const many = Array.from({ length: 10_000 }, (_, place) => withCheckDigit(`899999${String(place).padStart(12, '0')}`));
  const { id } = await acme.bulk('activate', { select: { iccids: many } });
  const operation = await acme.operationDone(id, { within: 60_000 });
  expect(operation).toMatchObject({ state: 'failed', total: 10_000, succeeded: 0, failed: 10_000 });
  const results = await acme.resultsOf(id);
  expect(new Set(results.map(({ iccid }) => iccid))).toEqual(new Set(many));
  expect(results).toHaveLength(10_000);
});
