import { tmpdir } from 'node:os';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Engine, startEngine } from '../../../local/dynamodb/engine.ts';
import {
  cloudUnderTest,
  eventually,
  executionsOf,
  patience,
  type RunningCloud,
  startCloud,
  useLocalCloud,
  wantedEngine,
} from '../support/local-cloud.ts';
import { is, type Operation } from '../support/partner.ts';
import { startThrottlingProxy, type ThrottlingProxy } from '../support/throttling-proxy.ts';

const cloud = useLocalCloud();

describe('a suspension whose operator does not answer for a day', () => {
  const acme = cloud.partner('acme-unanswered');

  test('fails as operator_unavailable, and can be retried', async () => {
    const [sim] = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
    const select = { iccids: [sim?.iccid] };
    await cloud.operator('a1').behaves({ leadTimeDays: 0, failureRate: 1 });
    const unanswered = await acme.bulkDone('suspend', { select });
    await cloud.operator('a1').behavesWell();
    expect(unanswered).toMatchObject({ state: 'failed', total: 1, failed: 1 });
    expect(await acme.resultsOf(unanswered.id)).toMatchObject([{ problem: { code: 'operator_unavailable' } }]);
    expect(is(200, await acme.api.get(`/v1/sims/${sim?.iccid}`))).toMatchObject({ state: 'active', bars: [] });
    expect(await acme.bulkDone('suspend', { select })).toMatchObject({ state: 'succeeded' });
    expect(is(200, await acme.api.get(`/v1/sims/${sim?.iccid}`))).toMatchObject({ state: 'suspended' });
  });
});

describe('an operation whose execution has run many stages', () => {
  const acme = cloud.partner('acme-goes-on');

  test('continues automatically in a new execution', async () => {
    const { id: partnerServiceId } = await acme.aPartnerService();
    const sims = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
    const { now } = (await cloud.api().get<{ now: string }>('/_local/clock')).body;
    const effectiveAt = new Date(Date.parse(now) + 150 * 86_400_000).toISOString();
    const select = { iccids: sims.map(({ iccid }) => iccid) };
    const { id } = is(
      202,
      await acme.api.post<Operation>('/v1/sims/migrate', { select, partnerServiceId, effectiveAt }),
    );

    const { endpoints, parts } = cloud.cloud();
    const stepFunctions = new SFNClient({
      endpoint: endpoints.stepFunctions,
      region: 'eu-west-2',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn: parts.stateMachines[0]?.arn,
        name: `${id}-1`,
        input: JSON.stringify({ kind: 'operation', partnerId: acme.id, id, work: { stageRuns: 99 } }),
      }),
    );
    stepFunctions.destroy();

    expect(await acme.operationDone(id)).toMatchObject({ state: 'succeeded', total: 20, succeeded: 20 });
    await eventually(async () => {
      const its = (await executionsOf(cloud)).filter(({ name }) => name.startsWith(id));
      expect(its.map(({ name, status }) => [name.slice(id.length), status]).sort()).toEqual([
        ['-1', 'SUCCEEDED'],
        ['-2', 'SUCCEEDED'],
      ]);
    });
  });
});

describe('a table that throttles', () => {
  let running: RunningCloud | undefined;
  let engine: Engine | undefined;
  let proxy: ThrottlingProxy | undefined;
  let shareOfWrites = 0;
  const throttled = cloudUnderTest(() => {
    if (!running) {
      throw new Error('The throttled cloud runs between beforeAll and afterAll.');
    }
    return running;
  });

  beforeAll(async () => {
    // An engine of its own: the sweep of another cloud on the same table would take the work over.
    engine = await startEngine({ engine: wantedEngine(), folder: tmpdir(), isPersistent: false });
    proxy = await startThrottlingProxy(engine.url, ({ headers }) =>
      /PutItem|UpdateItem/.test(String(headers['x-amz-target'])) && Math.random() < shareOfWrites
        ? {
            __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
            message: 'The level of configured provisioned throughput was exceeded.',
          }
        : undefined,
    );
    running = await startCloud({ dayMs: 500, dynamodbEndpoint: proxy.url });
    await throttled.operator('3uk').behavesWell();
  }, 90_000 * patience);

  afterAll(async () => {
    await running?.stop();
    proxy?.stop();
    await engine?.stop();
  });

  test(
    'slows a bulk operation down, and loses nothing',
    async () => {
      const acme = throttled.partner('acme-throttled');
      const { id: partnerServiceId } = await acme.aPartnerService();
      const sims = await acme.simsInHolding({ operatorId: '3uk', quantity: 300 });
      const orderId = sims[0]?.orderId ?? '';
      shareOfWrites = 0.2;
      const operation = await acme.bulkDone('migrate', { select: { orderId }, partnerServiceId }, { within: 60_000 });
      shareOfWrites = 0;

      expect(proxy?.throttled()).toBeGreaterThan(20);
      expect(operation).toMatchObject({ state: 'succeeded', total: 300, succeeded: 300, failed: 0 });
      const moved = await acme.sims({ orderId, state: 'in_stock' });
      expect(moved.map(({ version }) => version)).toEqual(Array.from({ length: 300 }, () => 2));
      expect(await acme.resultsOf(operation.id)).toHaveLength(300);
    },
    120_000 * patience,
  );
});
