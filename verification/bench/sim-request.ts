import { pathToFileURL } from 'node:url';
import { withCheckDigit } from '../../domain/iccid.ts';
import { asId, type PartnerId } from '../../domain/ids.ts';
import { newSimInHolding, type Sim } from '../../domain/sim.ts';

/** A handler of the API, as Lambda calls it. */
export type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>;

export async function handlerOf(file: string): Promise<Handler> {
  const { handler }: { handler: Handler } = await import(pathToFileURL(file).href);
  return handler;
}

/** Calls a handler. @throws Error unless it answers 200 */
export async function callHandler(handler: Handler, event: unknown): Promise<void> {
  const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 28_000 };
  const { statusCode, body } = await handler(event, context);
  if (statusCode !== 200) {
    throw new Error(`A handler returned ${statusCode}: ${body}`);
  }
}

/** An active SIM with all attributes. */
export function benchSim(): Sim {
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

/** Builds an event of API Gateway, payload format 2.0: a request of the SIM by an admin. */
export function eventFor(iccid: string, partnerId: PartnerId) {
  const routeKey = 'GET /v1/sims/{iccid}';
  const path = `/v1/sims/${iccid}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      authorization: `Bearer e30.${Buffer.from(JSON.stringify({ roles: ['admin'] })).toString('base64url')}.c2ln`,
      host: 'api.example',
      'x-forwarded-proto': 'https',
      'x-partner': partnerId,
    },
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
