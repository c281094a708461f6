import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { operatorGateways } from '../../../adapters/operators/gateways.ts';
import type { OperatorTraffic } from '../../../adapters/operators/traffic.ts';
import type { OperatorCall } from '../../../adapters/operators/transport.ts';
import { asId, type OperatorId, type OrderId } from '../../../domain/ids.ts';
import type { PlatformKind } from '../../../domain/operator.ts';
import type { OperatorGateway, OrderSubmission } from '../../../domain/operator-port.ts';
import type { CallPolicy } from '../../../domain/retry-policies.ts';
import { sandboxConnection } from '../../../sandbox/connection.ts';
import type { SandboxOptions } from '../../../sandbox/main.ts';
import {
  API_KEY,
  type FakeClock,
  fakeClock,
  type SandboxOnAFakeClock,
  sandboxOnAFakeClock,
} from '../../sandbox/sandbox-on-a-fake-clock.ts';

export { API_KEY };

export type Logged = { message: string; fields: Record<string, unknown> };

/** Waits too short to notice; time-outs as they are unless a test says otherwise. */
const impatient: Partial<CallPolicy> = { firstDelayMs: 1, maxDelayMs: 2 };

/** What an operator takes, and what is known of that. */
type Traffic = { operatorId: OperatorId; traffic: OperatorTraffic; requestsPerSecond?: number; kind?: PlatformKind };

function gatewaysTo(
  url: string,
  { logged, calls }: { logged: Logged[]; calls: OperatorCall[] },
  policy: Partial<CallPolicy>,
  { operatorId = asId('operator', '3uk'), traffic, kind = 'sim-fulfilment', ...limit }: Partial<Traffic> = {},
): GatewayToSandbox['gateways'] {
  const { baseUrl, ...credentials } = sandboxConnection(`${url}/`, API_KEY);
  const connection = (id: OperatorId) => ({ baseUrl: baseUrl.replace('{operatorId}', id), ...credentials, ...limit });
  const gateways = operatorGateways({
    configuration: async () => ({ [operatorId]: connection(operatorId), a1: connection(asId('operator', 'a1')) }),
    ...(traffic === undefined ? {} : { traffic }),
    logger: { warn: (message, fields) => logged.push({ message, fields }) },
    onCall: (call) => calls.push(call),
    policy: { ...impatient, ...policy },
  });
  return (id, otherKind = kind) => gateways(otherKind, asId('operator', id));
}

export type GatewayToSandbox = SandboxOnAFakeClock & {
  gateway: OperatorGateway;
  /** A gateway to any operator, of the kind of the test unless another is given: the sandbox speaks all at the same address. */
  gateways: (operatorId: string, kind?: PlatformKind) => OperatorGateway;
  logged: Logged[];
  /** The recorded calls, in order. */
  calls: OperatorCall[];
};

/** The gateway to 3UK, played by the real sandbox on a clock that the test moves. */
export async function gatewayToSandbox(
  { kind = 'sim-fulfilment', ...options }: Partial<Omit<SandboxOptions, 'now'>> & { kind?: PlatformKind } = {},
  policy: Partial<CallPolicy> = {},
  clock: FakeClock = fakeClock(),
): Promise<GatewayToSandbox> {
  const operator = await sandboxOnAFakeClock({ retryAfterSeconds: 0, ...options }, clock);
  const recorded = { logged: [], calls: [] };
  const gateways = gatewaysTo(operator.sandbox.url, recorded, policy, { kind });
  return { ...operator, gateways, gateway: gateways('3uk'), ...recorded };
}

/** What the scripted operator answers to one request; `drop` closes the connection instead. */
export type ScriptedAnswer = { status?: number; headers?: Record<string, string>; body: unknown } | 'drop';

export type GatewayToScript = {
  gateway: OperatorGateway;
  logged: Logged[];
  calls: OperatorCall[];
  /** The requests that came, in order. */
  asked: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[];
  stop(): Promise<void>;
};

/**
 * The gateway to a real server that answers what the script says, one answer a request; the last one over and over.
 * A body that is a string is sent as it is.
 */
export async function gatewayToScript(
  script: readonly ScriptedAnswer[],
  policy: Partial<CallPolicy> = {},
  traffic: Partial<Traffic> = {},
): Promise<GatewayToScript> {
  const asked: GatewayToScript['asked'] = [];
  const recorded = { logged: [], calls: [] };
  const server = createServer(async (request, response) => {
    const answer = script[Math.min(asked.length, script.length - 1)];
    const { method = '', url: path = '', headers } = request;
    const entry = { method, path, headers, body: '' };
    asked.push(entry);
    for await (const chunk of request) {
      entry.body += String(chunk);
    }
    if (answer === undefined || answer === 'drop') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    gateway: gatewaysTo(`http://127.0.0.1:${port}`, recorded, policy, traffic)(traffic.operatorId ?? '3uk'),
    ...recorded,
    asked,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export function anOrder(orderId: OrderId = 'ord_1', quantity = 50): OrderSubmission {
  return {
    orderId,
    quantity,
    deliveryAddress: {
      name: 'Meter Works Ltd',
      lines: ['1 Quay Street'],
      city: 'Bristol',
      postalCode: 'BS1 4DJ',
      country: 'GB',
    },
  };
}
