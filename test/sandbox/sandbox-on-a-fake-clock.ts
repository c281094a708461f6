import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/main.ts';

export const API_KEY = 'the-key-of-the-tests';

/** A Monday without bank holidays around it in any of the operators' countries. */
export const MONDAY = '2025-09-08T09:00:00Z';

/** A clock that stands still until it is set. */
export type FakeClock = { now(): Date; set(to: string): void; pass(days: number): void };

export function fakeClock(start = MONDAY): FakeClock {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    set(to) {
      time = Date.parse(to);
    },
    pass(days) {
      time += days * 86_400_000;
    },
  };
}

/** What the operator's API answered. The body is the test's business: it says what it expects of it. */
export type Said = { status: number; headers: Headers; body: Record<string, unknown> };

export type SandboxOnAFakeClock = {
  sandbox: Sandbox;
  clock: FakeClock;
  ask(
    operatorId: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Said>;
};

export async function sandboxOnAFakeClock(
  options: Partial<Omit<SandboxOptions, 'now'>> = {},
  clock = fakeClock(),
): Promise<SandboxOnAFakeClock> {
  const sandbox = await startSandbox({ apiKey: API_KEY, now: clock.now, ...options });
  return {
    sandbox,
    clock,
    async ask(operatorId, method, path, body, headers = {}) {
      const response = await fetch(`${sandbox.url}/operators/${operatorId}${path}`, {
        method,
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const answer: unknown = await response.json();
      return {
        status: response.status,
        headers: response.headers,
        // Every answer of the API is an object; what is in it the test looks at.
        body: answer as Record<string, unknown>,
      };
    },
  };
}

export const deliveryAddress = {
  name: 'Meter Works Ltd',
  lines: ['1 Quay Street'],
  city: 'Bristol',
  postalCode: 'BS1 4DJ',
  country: 'GB',
};

/** Orders SIMs, lets a lead time of one working day pass, and returns the delivered ICCIDs. */
export async function deliveredIccids(
  { sandbox, clock, ask }: SandboxOnAFakeClock,
  operatorId: string,
  quantity: number,
  orderId = `ord_${operatorId}_${quantity}`,
): Promise<string[]> {
  sandbox.behave(operatorId, { leadTimeDays: 1 });
  await ask(operatorId, 'PUT', `/orders/${orderId}`, { quantity, deliveryAddress });
  sandbox.behave(operatorId, {});
  clock.pass(4);
  const { body } = await ask(operatorId, 'GET', `/orders/${orderId}/sims?limit=500`);
  // A delivered order's page: see sandbox/README.md.
  return (body.sims as { iccid: string }[]).map(({ iccid }) => iccid);
}
