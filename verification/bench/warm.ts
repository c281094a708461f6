import { pathToFileURL } from 'node:url';
import { addSims } from '../../adapters/dynamodb/sims.ts';
import { withCheckDigit } from '../../domain/iccid.ts';
import { asId, type PartnerId } from '../../domain/ids.ts';
import { newSimInHolding, type Sim } from '../../domain/sim.ts';

// A separate process with a function's environment: calls a handler and its floor alternately on one SIM.

/** The files of the two bundles, the partner of the SIM, and the number of calls of each. */
export type WarmJob = { ours: string; bare: string; partnerId: PartnerId; calls: number };
export type WarmResult = { iccid: string; ours: Times; floor: Times };
export type Times = { wallMs: number[]; cpuMs: number[] };

type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>;

const WARM_UP = 500;
/** The resolution of CPU time is too coarse for a single call. */
const CALLS_A_ROUND = 100;

process.once('message', async (message) => {
  // Safe: verification/bench/handlers.ts sends this type.
  const { ours, bare, partnerId, calls } = message as WarmJob;
  const sim = benchSim();
  await addSims(partnerId, [{ sim }]);
  const event = eventFor(sim.iccid, partnerId);
  const one = caller(await handlerOf(ours), event);
  const other = caller(await handlerOf(bare), event);
  for (let call = 0; call < WARM_UP; call += 1) {
    await one.call();
    await other.call();
  }
  const result: WarmResult = { iccid: sim.iccid, ours: { wallMs: [], cpuMs: [] }, floor: { wallMs: [], cpuMs: [] } };
  for (let call = 0; call < calls; call += 1) {
    result.ours.wallMs.push(await one.wallMs());
    result.floor.wallMs.push(await other.wallMs());
  }
  for (let round = 0; round < calls / CALLS_A_ROUND; round += 1) {
    result.ours.cpuMs.push(await one.cpuMs());
    result.floor.cpuMs.push(await other.cpuMs());
  }
  process.send?.(result, () => process.exit(0));
});

async function handlerOf(file: string): Promise<Handler> {
  const { handler }: { handler: Handler } = await import(pathToFileURL(file).href);
  return handler;
}

function caller(handler: Handler, event: unknown) {
  const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 28_000 };
  const call = async () => {
    const { statusCode, body } = await handler(event, context);
    if (statusCode !== 200) {
      throw new Error(`A handler returned ${statusCode}: ${body}`);
    }
  };
  return {
    call,
    async wallMs() {
      const before = performance.now();
      await call();
      return performance.now() - before;
    },
    async cpuMs() {
      const before = process.cpuUsage();
      for (let count = 0; count < CALLS_A_ROUND; count += 1) {
        await call();
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000 / CALLS_A_ROUND;
    },
  };
}

/** An active SIM with all attributes. */
function benchSim(): Sim {
  const arrived = newSimInHolding(
    { iccid: withCheckDigit('894420000000000001'), imsi: '234200000000001', msisdn: '447700900001' },
    { id: 'ord_01JG0000000000000000000000', operatorId: asId('operator', '3uk') },
    '2026-01-05T09:00:00.000Z',
  );
  return {
    ...arrived,
    state: 'active',
    bars: [],
    partnerServiceId: 'psv_01JG0000000000000000000000',
    customerId: 'cus_01JG0000000000000000000000',
    customerServiceId: 'csv_01JG0000000000000000000000',
    label: 'Meter 17, riverside pumping station',
    tags: ['north', 'water'],
  };
}

/** Builds an event of API Gateway, payload format 2.0. */
function eventFor(iccid: string, partnerId: PartnerId) {
  const routeKey = 'GET /v1/sims/{iccid}';
  const path = `/v1/sims/${iccid}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { accept: '*/*', host: 'api.example', 'x-forwarded-proto': 'https', 'x-partner': partnerId },
    requestContext: {
      accountId: '123456789012',
      apiId: 'bench',
      authorizer: { jwt: { claims: { sub: 'bench', partner_id: partnerId, roles: '[admin]' }, scopes: null } },
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'bench' },
      requestId: 'bench-request=',
      routeKey,
      stage: '$default',
      time: '05/Jan/2026:09:00:00 +0000',
      timeEpoch: 1_767_603_600_000,
    },
    pathParameters: { iccid },
    isBase64Encoded: false,
  };
}
