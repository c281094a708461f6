import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest, test } from '@jest/globals';
import { expectRestored } from './restart.ts';

// Java takes its time.
jest.setTimeout(180_000);

test('a restart on DynamoDB Local restores everything', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'local-cloud-test-'));
  try {
    await expectRestored('dynamodb-local', dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
