import { describe, expect, test } from '@jest/globals';
import { type OperatorId, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Order, type Page, type Plan, type ProblemDocument, type WholePlan } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-placing');
const other = cloud.partner('other-placing');

type Quote = {
  valid: boolean;
  violations: { pointer: string; code: string }[];
  nearest: number[];
  estimatedDelivery: Order['estimatedDelivery'];
};

/** Refused with 422, and nothing ordered. */
async function refusedOrder(body: Record<string, unknown>): Promise<ProblemDocument> {
  const before = await newestOrder();
  const answer = await acme.api.post<ProblemDocument>('/v1/orders', body);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  const problem = is(422, answer);
  expect(await newestOrder()).toEqual(before);
  return problem;
}

async function newestOrder(): Promise<string | undefined> {
  return is(200, await acme.api.get<Page<Order>>('/v1/orders?limit=1')).items[0]?.id;
}

describe('a quantity', () => {
  test.each<[OperatorId, number, number[]]>([
    ['3uk', 120, [100, 150]],
    ['3uk', 49, [50]],
    ['3uk', 0, [50]],
    ['3ireland', 99, [50, 100]],
    ['orange', 51, [50, 100]],
    ['a1', 50, [40, 60]],
    ['a1', 19, [20]],
    ['a1', 100_001, [100_000]],
  ])(
    'of %s that is not a multiple is refused with the nearest valid ones: %d',
    async (operatorId, quantity, nearest) => {
      const problem = await refusedOrder({ operatorId, quantity });
      expect(problem.type).toMatch(/multiple_of$/);
      expect(problem).toMatchObject({ status: 422, nearest });
      const error = problem.errors?.find(({ code }) => code === 'multiple_of');
      expect(error).toMatchObject({ pointer: '/quantity', nearest });
      expect(error?.message).toContain(String(nearest[0]));

      const quote = is(200, await acme.api.post<Quote>('/v1/orders/quote', { operatorId, quantity }));
      expect(quote).toMatchObject({ valid: false, nearest });
      expect(quote.violations).toContainEqual(expect.objectContaining({ pointer: '/quantity', code: 'multiple_of' }));
    },
  );

  test.each<[OperatorId, number]>([
    ['3uk', 50],
    ['3ireland', 100_000],
    ['orange', 150],
    ['a1', 20],
  ])('of %s that is valid is quoted as valid: %d', async (operatorId, quantity) => {
    const quote = is(200, await acme.api.post<Quote>('/v1/orders/quote', { operatorId, quantity }));
    expect(quote).toMatchObject({ valid: true, violations: [], nearest: [quantity] });
  });

  test('above 100,000 is refused, and so is a fraction', async () => {
    for (const quantity of [100_050, 50.5, '50', null, -50]) {
      const problem = await refusedOrder({ operatorId: '3uk', quantity });
      expect(problem.errors?.every(({ pointer }) => pointer === '/quantity')).toBe(true);
    }
  });
});

describe('the delivery', () => {
  const harbour = {
    name: 'Acme Warehouse',
    lines: ['Dock 4', 'North Wall Quay'],
    city: 'Dublin',
    postalCode: 'D01 X2P3',
    country: 'IE',
  };

  test('goes to the partner’s own address unless the order names another', async () => {
    const { deliveryAddress: own } = is(
      200,
      await acme.api.get<{ deliveryAddress: Order['deliveryAddress'] }>('/v1/partner'),
    );
    const [toOwn, toOther] = await Promise.all([
      acme.orders({ operatorId: 'a1', quantity: 20 }),
      acme.orders({ operatorId: 'a1', quantity: 20, deliveryAddress: harbour }),
    ]);
    expect(toOwn.deliveryAddress).toEqual(own);
    expect(toOther.deliveryAddress).toEqual(harbour);
    expect((await acme.orderIn(toOther.id, 'delivered')).deliveryAddress).toEqual(harbour);
  });

  test('to an invalid address is refused with each invalid field', async () => {
    const deliveryAddress = { ...harbour, country: 'Ireland', lines: [] };
    const { errors } = await refusedOrder({ operatorId: '3uk', quantity: 50, deliveryAddress });
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/deliveryAddress/country',
      '/deliveryAddress/lines',
    ]);
  });

  test('is estimated in working days, equally in the quote and the order', async () => {
    const order = await acme.orders({ operatorId: 'orange', quantity: 50 });
    const { earliest, latest } = order.estimatedDelivery;
    for (const date of [earliest, latest]) {
      expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect([0, 6]).not.toContain(new Date(date).getUTCDay());
    }
    const daysUntil = (date: string) => (Date.parse(date) - Date.parse(order.createdAt.slice(0, 10))) / 86_400_000;
    expect(daysUntil(earliest)).toBeGreaterThanOrEqual(3);
    // From a Saturday or Sunday on, five working days may be over on the Friday; otherwise a weekend is among them.
    const least = { 0: 5, 6: 6 }[new Date(order.createdAt).getUTCDay()] ?? 7;
    expect(daysUntil(latest)).toBeGreaterThanOrEqual(least);
    expect(daysUntil(latest)).toBeLessThanOrEqual(14);
    expect(earliest < latest).toBe(true);

    const quote = await acme.api.post<Quote>('/v1/orders/quote', { operatorId: 'orange', quantity: 50 });
    // Days pass between the two: the quote is the later one.
    expect(is(200, quote).estimatedDelivery.earliest >= earliest).toBe(true);
  });
});

describe('a plan is checked as a whole before anything is ordered', () => {
  type Case = [string, (made: Made) => Partial<Plan>, string, string];
  type Made = { plan: WholePlan; others: WholePlan; holding: string; wrong: WrongTariffs };
  type WrongTariffs = { partnerServiceId: string; customerServiceId: string };

  const cases: Case[] = [
    [
      'a partner service of another partner',
      ({ others }) => ({ partnerServiceId: others.partnerServiceId }),
      '/plan/partnerServiceId',
      'not_found',
    ],
    [
      'a customer of another partner',
      ({ others }) => ({ customerId: others.customerId }),
      '/plan/customerId',
      'not_found',
    ],
    [
      'a customer service of another partner',
      ({ others }) => ({ customerServiceId: others.customerServiceId }),
      '/plan/customerServiceId',
      'not_found',
    ],
    [
      'a partner service that is not there',
      () => ({ partnerServiceId: 'psv_01JG0000000000000000000000' }),
      '/plan/partnerServiceId',
      'not_found',
    ],
    [
      'the holding service',
      ({ holding }) => ({ partnerServiceId: holding }),
      '/plan/partnerServiceId',
      'holding_target',
    ],
    [
      'a partner service whose tariff does not cover the operator',
      ({ wrong }) => ({ partnerServiceId: wrong.partnerServiceId }),
      '/plan/partnerServiceId',
      'tariff_mismatch',
    ],
    [
      'a customer service whose tariff does not cover the operator',
      ({ wrong }) => ({ customerServiceId: wrong.customerServiceId }),
      '/plan/customerServiceId',
      'tariff_mismatch',
    ],
  ];

  let made: Promise<Made> | undefined;
  function things(): Promise<Made> {
    made ??= (async () => {
      const [plan, others, services] = await Promise.all([
        acme.aPlan(),
        other.aPlan(),
        acme.all<{ id: string; holding: boolean }>('/v1/partner-services'),
      ]);
      const [partnerService, customerService] = await Promise.all([
        acme.aPartnerService({ tariffId: 'trf_partner_continent' }),
        acme.aCustomerService(plan.customerId, { tariffId: 'trf_customer_a1' }),
      ]);
      const wrong = { partnerServiceId: partnerService.id, customerServiceId: customerService.id };
      return { plan, others, holding: services.find(({ holding }) => holding)?.id ?? '', wrong };
    })();
    return made;
  }

  test.each(cases)('%s', async (_name, change, pointer, code) => {
    const it = await things();
    const order = { operatorId: '3uk', quantity: 50, plan: { ...it.plan, ...change(it) } };
    const problem = await refusedOrder(order);
    expect(problem.errors).toEqual([{ pointer, code, message: expect.any(String) }]);
    expect(problem.type.endsWith(code)).toBe(true);
    const quote = is(200, await acme.api.post<Quote>('/v1/orders/quote', order));
    expect(quote).toMatchObject({ valid: false, violations: problem.errors });
  });

  test('a plan without errors is quoted as valid, and to another partner as unknown', async () => {
    const order = { operatorId: '3uk', quantity: 50, plan: (await things()).plan };
    expect(is(200, await acme.api.post<Quote>('/v1/orders/quote', order))).toMatchObject({
      valid: true,
      violations: [],
    });
    const foreign = is(200, await other.api.post<Quote>('/v1/orders/quote', order));
    expect(foreign.violations).toMatchObject(
      ['/plan/partnerServiceId', '/plan/customerId', '/plan/customerServiceId'].map((pointer) => ({
        pointer,
        code: 'not_found',
      })),
    );
  });

  test('a service of another customer', async () => {
    const { plan } = await things();
    const { service } = await acme.aCustomerWithService();
    const { errors } = await refusedOrder({
      operatorId: '3uk',
      quantity: 50,
      plan: { ...plan, customerServiceId: service.id },
    });
    expect(errors).toMatchObject([{ pointer: '/plan/customerServiceId', code: 'service_of_other_customer' }]);
  });

  test('an activation without an assignment, and half an assignment', async () => {
    const { partnerServiceId, customerId, customerServiceId } = (await things()).plan;
    const order = { operatorId: '3uk', quantity: 50 };
    const noAssign = await refusedOrder({ ...order, plan: { partnerServiceId, activate: true } });
    expect(noAssign.errors).toMatchObject([{ pointer: '/plan/activate' }]);
    const noService = await refusedOrder({ ...order, plan: { partnerServiceId, customerId } });
    expect(noService.errors).toMatchObject([{ pointer: '/plan/customerServiceId' }]);
    const noCustomer = await refusedOrder({ ...order, plan: { partnerServiceId, customerServiceId } });
    expect(noCustomer.errors).toMatchObject([{ pointer: '/plan/customerId' }]);
    const noMigrate = await refusedOrder({ ...order, plan: { customerId, customerServiceId } });
    expect(noMigrate.errors).toMatchObject([{ pointer: '/plan/partnerServiceId' }]);
  });

  test('all errors are reported at once', async () => {
    const { plan, wrong } = await things();
    const { errors } = await refusedOrder({ operatorId: '3uk', quantity: 51, plan: { ...plan, ...wrong } });
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/plan/customerServiceId',
      '/plan/partnerServiceId',
      '/quantity',
    ]);
  });

  test('a plan that is added later is checked equally', async () => {
    const { plan, others, wrong } = await things();
    await cloud.operator('3uk').behaves({ leadTimeDays: 300 });
    const { id } = await acme.ordersAccepted({ operatorId: '3uk', quantity: 50 });
    await cloud.operator('3uk').behavesWell();
    for (const [change, pointer, code] of [
      [{ partnerServiceId: others.partnerServiceId }, '/partnerServiceId', 'not_found'],
      [{ customerId: others.customerId }, '/customerId', 'not_found'],
      [{ customerServiceId: wrong.customerServiceId }, '/customerServiceId', 'tariff_mismatch'],
    ] as const) {
      const problem = is(422, await acme.api.put<ProblemDocument>(`/v1/orders/${id}/plan`, { ...plan, ...change }));
      expect(problem.errors).toMatchObject([{ pointer, code }]);
    }
    expect((await acme.order(id)).plan).toBeUndefined();
    is(404, await other.api.put(`/v1/orders/${id}/plan`, others));
    is(200, await acme.api.post(`/v1/orders/${id}/cancel`));
  });
});
