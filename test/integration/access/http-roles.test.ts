import { beforeAll, describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { allRoutes } from '../../../functions/api/routes.ts';
import { type ApiClient, type ApiResponse, type CallerClaims, useLocalCloud } from '../support/local-cloud.ts';
import { type CustomerService, is, type Page, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();

const PARTNER = 'acme-roles';
const OTHER_PARTNER = 'globex-roles';
const acme = cloud.partner(PARTNER);
const globex = cloud.partner(OTHER_PARTNER);

const partnerRoles = ['admin', 'provisioning', 'deployment', 'support', 'accounts', 'billing'] as const;
const customerRoles = ['customer_admin', 'customer_user'] as const;
const everyRole = ['platform', ...partnerRoles, ...customerRoles] as const;
type Role = (typeof everyRole)[number];

/** "Who may do what", a row each, as the contract has it. */
const may = {
  orderCancelPlan: ['admin'],
  see: ['admin', 'provisioning', 'deployment', 'support', 'accounts', 'billing'],
  seeOwn: [
    ...['admin', 'provisioning', 'deployment', 'support', 'accounts', 'billing'],
    ...['customer_admin', 'customer_user'],
  ],
  changeSims: ['admin', 'provisioning', 'deployment', 'support'],
  manageSimFields: ['admin'],
  createCustomersAndServices: ['admin', 'provisioning'],
  editCustomersAndServices: ['admin', 'provisioning', 'deployment'],
  deleteCustomersAndServices: ['admin', 'provisioning', 'deployment'],
  createAndEditPartnerServices: ['admin', 'provisioning'],
  alarms: ['admin'],
  seeFirings: ['admin', 'provisioning', 'customer_admin'],
  seeOwnCustomer: ['customer_admin', 'customer_user'],
  webhooks: ['admin'],
  seeUsers: ['admin', 'provisioning', 'customer_admin'],
  createUsers: ['admin', 'provisioning'],
  manageUsers: ['admin'],
  clients: ['admin'],
  journal: ['admin', 'provisioning', 'support', 'billing', 'platform'],
  platform: ['platform'],
} as const satisfies Record<string, readonly string[]>;

/** Things of the partner's; SIM and service are the first customer's. */
let things: {
  /** As the cloud calls it: one that is tested by its address has partners of each run's own. */
  partner: string;
  customer: string;
  otherCustomer: string;
  customerService: string;
  partnerService: string;
  order: string;
  sim: string;
  operation: string;
  /** Not in use, so that nothing is sent to it. */
  webhook: string;
  delivery: string;
  alarm: string;
  /** Of the first customer. */
  user: string;
  client: string;
};
let fleet: Sim[];

beforeAll(async () => {
  const [sims, one, other, { id: partnerService }] = await Promise.all([
    acme.simsInStock({ operatorId: 'a1', quantity: 20 }),
    acme.aCustomerWithService(),
    acme.aCustomerWithService(),
    acme.aPartnerService(),
    globex.aCustomer(),
  ]);
  const iccids = sims.map(({ iccid }) => iccid);
  const assign = (place: number, { customer, service }: typeof one) =>
    acme.bulkDone('assign', {
      select: { iccids: iccids.slice(place, place + 8) },
      customerId: customer.id,
      customerServiceId: service.id,
    });
  const [operation] = await Promise.all([assign(0, one), assign(8, other)]);
  expect(operation.state).toBe('succeeded');
  fleet = await acme.sims({});
  // A deployment takes public addresses alone: nothing is sent there, as no alarm fires.
  const url = cloud.isDeployment ? 'https://1.1.1.1/' : 'http://127.0.0.1:1/';
  const hook = { url, events: ['alarm.fired'] };
  const { id: webhook } = is(201, await acme.api.post<{ id: string }>('/v1/webhooks', hook));
  const { id: delivery } = cloud.isDeployment
    ? { id: '' }
    : is(201, await acme.api.post<{ id: string }>(`/v1/webhooks/${webhook}/test`));
  is(200, await acme.api.patch(`/v1/webhooks/${webhook}`, { enabled: false }));
  const { id: alarm } = is(
    201,
    await acme.api.post<{ id: string }>('/v1/alarms', {
      name: 'Much',
      scope: { customerServiceId: one.service.id },
      measure: 'pool',
      threshold: { percent: 80 },
      action: 'notify',
    }),
  );
  const { id: partner } = is(200, await acme.api.get<{ id: string }>('/v1/partner'));
  const { id: client } = is(
    201,
    await acme.api.post<{ id: string }>('/v1/clients', { name: `Roles ${Date.now()}`, roles: ['billing'] }),
  );
  // An address of SES that accepts every message: a deployment sends the invitation.
  const email = `success+roles-${Date.now().toString(36)}@simulator.amazonses.com`;
  const { id: user } = is(
    201,
    await acme.api.post<{ id: string }>('/v1/users', { email, customerId: one.customer.id, roles: ['customer_admin'] }),
  );
  things = {
    partner,
    customer: one.customer.id,
    otherCustomer: other.customer.id,
    customerService: one.service.id,
    partnerService,
    order: sims[0]?.orderId ?? '',
    sim: iccids[0] ?? '',
    operation: operation.id,
    webhook,
    delivery,
    alarm,
    user,
    client,
  };
});

type Ask = (api: ApiClient, of: typeof things) => Promise<ApiResponse>;
type Row = {
  who: readonly string[];
  ask: Ask;
  /** What somebody who may is answered: nothing is changed by it, so that it can be asked again and again. */
  own: number;
  /** The route is about one thing, which for others is not there; or about one that each caller of the partner has. */
  one?: boolean | "the caller's";
};

/** A body that no route accepts: allowed callers get 422. */
const wrong = { nothing: 'of the kind' };
/** An ETag that no resource has: allowed callers get 412. */
const stale = { 'if-match': '"stale"' };

const list = (who: Row['who'], path: string): Row => ({ who, ask: (api) => api.get(path), own: 200 });
const see = (who: Row['who'], path: (of: typeof things) => string): Row => ({
  who,
  ask: (api, of) => api.get(path(of)),
  own: 200,
  one: true,
});
/** A report of the staff about an order. The order of the test is no manual order. */
const onOrder = (report: string, body: object): Row => ({
  who: may.platform,
  ask: (api, { partner, order }) => api.post(`/v1/platform/partners/${partner}/orders/${order}/${report}`, body),
  own: 409,
});
const create = (who: Row['who'], path: string): Row => ({ who, ask: (api) => api.post(path, wrong), own: 422 });
const edit = (who: Row['who'], path: (of: typeof things) => string): Row => ({
  who,
  ask: (api, of) => api.patch(path(of), {}, stale),
  own: 412,
  one: true,
});
const end = (who: Row['who'], path: (of: typeof things) => string): Row => ({
  who,
  ask: (api, of) => api.del(path(of), stale),
  own: 412,
  one: true,
});
/** The order is delivered and the operation is done: for those who may, it is too late. */
const late = (who: Row['who'], path: (of: typeof things) => string): Row => ({
  who,
  ask: (api, of) => api.post(path(of)),
  own: 409,
  one: true,
});

const routes: Record<string, Row> = {
  'GET /v1/operators': list(may.see, '/v1/operators'),
  'GET /v1/operators/{id}': { ...see(may.see, () => '/v1/operators/3uk'), one: false },
  'GET /v1/tariffs': list(may.see, '/v1/tariffs'),
  'GET /v1/tariffs/{id}': { ...see(may.see, () => '/v1/tariffs/trf_customer_all'), one: false },
  'GET /v1/partner': list(may.see, '/v1/partner'),

  'POST /v1/customers': create(may.createCustomersAndServices, '/v1/customers'),
  'GET /v1/customers': list(may.see, '/v1/customers'),
  'GET /v1/customers/{id}': see(may.see, ({ customer }) => `/v1/customers/${customer}`),
  'GET /v1/customer': { ...list(may.seeOwnCustomer, '/v1/customer'), one: "the caller's" },
  'PATCH /v1/customers/{id}': edit(may.editCustomersAndServices, ({ customer }) => `/v1/customers/${customer}`),
  'DELETE /v1/customers/{id}': end(may.deleteCustomersAndServices, ({ customer }) => `/v1/customers/${customer}`),

  'POST /v1/customer-services': create(may.createCustomersAndServices, '/v1/customer-services'),
  'GET /v1/customer-services': list(may.seeOwn, '/v1/customer-services'),
  'GET /v1/customer-services/{id}': see(may.seeOwn, (of) => `/v1/customer-services/${of.customerService}`),
  'GET /v1/customer-services/{id}/usage': see(may.seeOwn, (of) => `/v1/customer-services/${of.customerService}/usage`),
  'PATCH /v1/customer-services/{id}': edit(
    may.editCustomersAndServices,
    (of) => `/v1/customer-services/${of.customerService}`,
  ),
  'DELETE /v1/customer-services/{id}': end(
    may.deleteCustomersAndServices,
    (of) => `/v1/customer-services/${of.customerService}`,
  ),

  'GET /v1/service-usage': list(may.seeOwn, '/v1/service-usage'),

  'POST /v1/partner-services': create(may.createAndEditPartnerServices, '/v1/partner-services'),
  'GET /v1/partner-services': list(may.see, '/v1/partner-services'),
  'GET /v1/partner-services/{id}': see(may.see, (of) => `/v1/partner-services/${of.partnerService}`),
  'GET /v1/partner-services/{id}/usage': see(may.see, (of) => `/v1/partner-services/${of.partnerService}/usage`),
  'PATCH /v1/partner-services/{id}': edit(
    may.createAndEditPartnerServices,
    (of) => `/v1/partner-services/${of.partnerService}`,
  ),
  'DELETE /v1/partner-services/{id}': end(
    may.createAndEditPartnerServices,
    (of) => `/v1/partner-services/${of.partnerService}`,
  ),

  'POST /v1/orders/quote': create(may.orderCancelPlan, '/v1/orders/quote'),
  'POST /v1/orders': create(may.orderCancelPlan, '/v1/orders'),
  'GET /v1/orders': list(may.see, '/v1/orders'),
  'GET /v1/orders/{id}': see(may.see, ({ order }) => `/v1/orders/${order}`),
  'PUT /v1/orders/{id}/plan': {
    who: may.orderCancelPlan,
    ask: (api, of) => api.put(`/v1/orders/${of.order}/plan`, { partnerServiceId: of.partnerService }),
    own: 409,
    one: true,
  },
  'DELETE /v1/orders/{id}/plan': {
    who: may.orderCancelPlan,
    ask: (api, of) => api.del(`/v1/orders/${of.order}/plan`),
    own: 409,
    one: true,
  },
  'POST /v1/orders/{id}/cancel': late(may.orderCancelPlan, ({ order }) => `/v1/orders/${order}/cancel`),
  'POST /v1/orders/{id}/resume': late(may.orderCancelPlan, ({ order }) => `/v1/orders/${order}/resume`),
  'GET /v1/orders/{id}/events': see(may.see, ({ order }) => `/v1/orders/${order}/events`),
  'GET /v1/orders/{id}/sims': see(may.see, ({ order }) => `/v1/orders/${order}/sims`),

  'GET /v1/sims': list(may.seeOwn, '/v1/sims'),
  'GET /v1/sims/counts': list(may.seeOwn, '/v1/sims/counts'),
  'GET /v1/sims/{iccid}': see(may.seeOwn, ({ sim }) => `/v1/sims/${sim}`),
  'PATCH /v1/sims/{iccid}': edit(may.changeSims, ({ sim }) => `/v1/sims/${sim}`),
  'POST /v1/sims/{iccid}/replace': {
    who: may.changeSims,
    ask: (api, { sim }) => api.post(`/v1/sims/${sim}/replace`, { by: '8944200000000000017', reason: 'lost' }),
    own: 422,
    one: true,
  },
  'POST /v1/sims/label': create(may.changeSims, '/v1/sims/label'),
  'POST /v1/sims/labels': {
    who: may.changeSims,
    ask: (api) => api.post('/v1/sims/labels', 'nothing\r\n', { 'content-type': 'text/csv' }),
    own: 422,
  },
  'GET /v1/sim-fields': { ...see(may.see, () => '/v1/sim-fields'), one: false },
  'PUT /v1/sim-fields': { who: may.manageSimFields, ask: (api) => api.put('/v1/sim-fields', wrong), own: 422 },
  'GET /v1/sims/{iccid}/events': see(may.seeOwn, ({ sim }) => `/v1/sims/${sim}/events`),
  'GET /v1/sims/{iccid}/usage': see(may.seeOwn, ({ sim }) => `/v1/sims/${sim}/usage`),
  'GET /v1/sims/{iccid}/connectivity': {
    ...see(may.seeOwn, ({ sim }) => `/v1/sims/${sim}/connectivity`),
    own: 409,
  },
  'POST /v1/sims/migrate': create(may.changeSims, '/v1/sims/migrate'),
  'POST /v1/sims/assign': create(may.changeSims, '/v1/sims/assign'),
  'POST /v1/sims/unassign': create(may.changeSims, '/v1/sims/unassign'),
  'POST /v1/sims/activate': create(may.changeSims, '/v1/sims/activate'),
  'POST /v1/sims/test': create(may.changeSims, '/v1/sims/test'),
  'POST /v1/sims/suspend': create(may.changeSims, '/v1/sims/suspend'),
  'POST /v1/sims/resume': create(may.changeSims, '/v1/sims/resume'),
  'POST /v1/sims/terminate': create(may.changeSims, '/v1/sims/terminate'),

  'GET /v1/operations': list(may.see, '/v1/operations'),
  'GET /v1/operations/{id}': see(may.see, ({ operation }) => `/v1/operations/${operation}`),
  'GET /v1/operations/{id}/results': see(may.see, ({ operation }) => `/v1/operations/${operation}/results`),
  'POST /v1/operations/{id}/cancel': late(may.changeSims, ({ operation }) => `/v1/operations/${operation}/cancel`),
  'POST /v1/operations/{id}/retry': late(may.changeSims, ({ operation }) => `/v1/operations/${operation}/retry`),

  'POST /v1/alarms': create(may.alarms, '/v1/alarms'),
  'GET /v1/alarms': list(may.alarms, '/v1/alarms'),
  'GET /v1/alarms/{id}': see(may.alarms, ({ alarm }) => `/v1/alarms/${alarm}`),
  'PATCH /v1/alarms/{id}': edit(may.alarms, ({ alarm }) => `/v1/alarms/${alarm}`),
  'DELETE /v1/alarms/{id}': end(may.alarms, ({ alarm }) => `/v1/alarms/${alarm}`),
  'GET /v1/alarms/{id}/firings': see(may.seeFirings, ({ alarm }) => `/v1/alarms/${alarm}/firings`),
  'GET /v1/alarm-firings': list(may.seeFirings, '/v1/alarm-firings'),
  'POST /v1/webhooks': create(may.webhooks, '/v1/webhooks'),
  'GET /v1/webhooks': list(may.webhooks, '/v1/webhooks'),
  'GET /v1/webhooks/{id}': see(may.webhooks, ({ webhook }) => `/v1/webhooks/${webhook}`),
  'PATCH /v1/webhooks/{id}': edit(may.webhooks, ({ webhook }) => `/v1/webhooks/${webhook}`),
  'DELETE /v1/webhooks/{id}': end(may.webhooks, ({ webhook }) => `/v1/webhooks/${webhook}`),
  // It may be given another one again and again.
  'POST /v1/webhooks/{id}/rotate-secret': {
    ...late(may.webhooks, ({ webhook }) => `/v1/webhooks/${webhook}/rotate-secret`),
    own: 200,
  },
  'POST /v1/webhooks/{id}/test': late(may.webhooks, ({ webhook }) => `/v1/webhooks/${webhook}/test`),
  'GET /v1/webhooks/{id}/deliveries': see(may.webhooks, ({ webhook }) => `/v1/webhooks/${webhook}/deliveries`),
  'GET /v1/webhooks/{id}/deliveries/{deliveryId}': see(
    may.webhooks,
    ({ webhook, delivery }) => `/v1/webhooks/${webhook}/deliveries/${delivery}`,
  ),
  'POST /v1/webhooks/{id}/deliveries/{deliveryId}/redeliver': late(
    may.webhooks,
    ({ webhook, delivery }) => `/v1/webhooks/${webhook}/deliveries/${delivery}/redeliver`,
  ),

  'POST /v1/users': create(may.createUsers, '/v1/users'),
  'GET /v1/users': list(may.seeUsers, '/v1/users'),
  'GET /v1/users/{userId}': see(may.seeUsers, ({ user }) => `/v1/users/${user}`),
  'PATCH /v1/users/{userId}': edit(may.manageUsers, ({ user }) => `/v1/users/${user}`),
  'DELETE /v1/users/{userId}': end(may.manageUsers, ({ user }) => `/v1/users/${user}`),
  // The user has not signed in, and may be invited again and again.
  'POST /v1/users/{userId}/invite-again': {
    ...late(may.createUsers, ({ user }) => `/v1/users/${user}/invite-again`),
    own: 204,
  },
  'PUT /v1/users/{userId}/roles/{role}': {
    who: may.manageUsers,
    ask: (api, { user }) => api.put(`/v1/users/${user}/roles/admin`),
    own: 422,
    one: true,
  },
  'DELETE /v1/users/{userId}/roles/{role}': end(
    may.manageUsers,
    ({ user }) => `/v1/users/${user}/roles/customer_admin`,
  ),

  'POST /v1/clients': create(may.clients, '/v1/clients'),
  'GET /v1/clients': list(may.clients, '/v1/clients'),
  'GET /v1/clients/{clientId}': see(may.clients, ({ client }) => `/v1/clients/${client}`),
  'DELETE /v1/clients/{clientId}': end(may.clients, ({ client }) => `/v1/clients/${client}`),
  // It may be given another one again and again.
  'POST /v1/clients/{clientId}/rotate-secret': {
    ...late(may.clients, ({ client }) => `/v1/clients/${client}/rotate-secret`),
    own: 200,
  },

  'GET /v1/journal': list(may.journal, '/v1/journal'),

  'GET /v1/platform/partners': list(may.platform, '/v1/platform/partners'),
  'GET /v1/platform/partners/{partnerId}': see(may.platform, ({ partner }) => `/v1/platform/partners/${partner}`),
  'GET /v1/platform/tariffs': list(may.platform, '/v1/platform/tariffs'),
  'GET /v1/platform/tariffs/{tariffId}': see(may.platform, () => '/v1/platform/tariffs/trf_customer_all'),
  'GET /v1/platform/partners/{partnerId}/tariffs': see(
    may.platform,
    ({ partner }) => `/v1/platform/partners/${partner}/tariffs`,
  ),
  'GET /v1/platform/partners/{partnerId}/tariffs/{tariffId}': see(
    may.platform,
    ({ partner }) => `/v1/platform/partners/${partner}/tariffs/trf_customer_all`,
  ),
  'GET /v1/platform/partners/{partnerId}/orders/{orderId}': see(
    may.platform,
    ({ partner, order }) => `/v1/platform/partners/${partner}/orders/${order}`,
  ),
  'GET /v1/platform/sims/{iccid}': see(may.platform, ({ sim }) => `/v1/platform/sims/${sim}`),
  'PUT /v1/platform/partners/{partnerId}': {
    who: may.platform,
    ask: (api) => api.put(`/v1/platform/partners/${PARTNER}`, wrong),
    own: 422,
  },
  'PUT /v1/platform/tariffs/{tariffId}': {
    who: may.platform,
    ask: (api) => api.put('/v1/platform/tariffs/trf_customer_all', wrong),
    own: 422,
  },
  'PUT /v1/platform/partners/{partnerId}/tariffs/{tariffId}': {
    who: may.platform,
    ask: (api) => api.put(`/v1/platform/partners/${PARTNER}/tariffs/trf_none`),
    own: 404,
  },
  'DELETE /v1/platform/partners/{partnerId}/tariffs/{tariffId}': {
    who: may.platform,
    ask: (api) => api.del(`/v1/platform/partners/${PARTNER}/tariffs/trf_none`),
    own: 404,
  },
  'GET /v1/platform/operators': list(may.platform, '/v1/platform/operators'),
  'GET /v1/platform/operators/{operatorId}': see(may.platform, () => '/v1/platform/operators/a1'),
  'PUT /v1/platform/operators/{operatorId}': {
    who: may.platform,
    ask: (api) => api.put('/v1/platform/operators/a1', wrong),
    own: 422,
  },
  'POST /v1/platform/partners/{partnerId}/imports': {
    who: may.platform,
    ask: (api, { partner }) =>
      api.post(`/v1/platform/partners/${partner}/imports?operatorId=a1`, 'nothing\r\n', { 'content-type': 'text/csv' }),
    own: 422,
  },
  'GET /v1/platform/manual-tasks': list(may.platform, '/v1/platform/manual-tasks'),
  'GET /v1/platform/manual-tasks/{manualTaskId}': {
    who: may.platform,
    ask: (api) => api.get('/v1/platform/manual-tasks/tsk_none'),
    own: 404,
  },
  'GET /v1/platform/manual-tasks/{manualTaskId}/sims': {
    who: may.platform,
    ask: (api) => api.get('/v1/platform/manual-tasks/tsk_none/sims'),
    own: 404,
  },
  'POST /v1/platform/manual-tasks/{manualTaskId}/complete': {
    who: may.platform,
    ask: (api) => api.post('/v1/platform/manual-tasks/tsk_none/complete', {}),
    own: 404,
  },
  'GET /v1/platform/differences': list(may.platform, '/v1/platform/differences'),
  'POST /v1/platform/differences/{differenceId}/settle': {
    who: may.platform,
    ask: (api) => api.post('/v1/platform/differences/dif_none/settle', { as: 'ours' }),
    own: 404,
  },
  'GET /v1/platform/orders': list(may.platform, '/v1/platform/orders'),
  'POST /v1/platform/partners/{partnerId}/orders/{orderId}/accept': onOrder('accept', { operatorReference: 'x' }),
  'POST /v1/platform/partners/{partnerId}/orders/{orderId}/reject': onOrder('reject', { reason: 'x' }),
  'POST /v1/platform/partners/{partnerId}/orders/{orderId}/dispatch': onOrder('dispatch', {}),
  'POST /v1/platform/partners/{partnerId}/orders/{orderId}/deliver': onOrder('deliver', {}),
  'POST /v1/platform/partners/{partnerId}/orders/{orderId}/cancel': onOrder('cancel', { outcome: 'cancelled' }),
  'POST /v1/platform/partners/{partnerId}/orders/{orderId}/sims': {
    who: may.platform,
    ask: (api, { partner, order }) =>
      api.post(`/v1/platform/partners/${partner}/orders/${order}/sims`, 'iccid\r\n', { 'content-type': 'text/csv' }),
    own: 409,
  },
  'POST /v1/platform/operators/{operatorId}/usage': {
    who: may.platform,
    ask: (api) => api.post('/v1/platform/operators/a1/usage', 'nothing\r\n', { 'content-type': 'text/csv' }),
    own: 422,
  },
  'POST /v1/platform/users': create(may.platform, '/v1/platform/users'),
  'GET /v1/platform/users': list(may.platform, '/v1/platform/users'),
  'GET /v1/platform/users/{userId}': { who: may.platform, ask: (api) => api.get('/v1/platform/users/none'), own: 404 },
  'DELETE /v1/platform/users/{userId}': {
    who: may.platform,
    ask: (api) => api.del('/v1/platform/users/none'),
    own: 404,
  },
  'POST /v1/platform/users/{userId}/invite-again': {
    who: may.platform,
    ask: (api) => api.post('/v1/platform/users/none/invite-again'),
    own: 404,
  },
  'PUT /v1/platform/users/{userId}/roles/{role}': {
    who: may.platform,
    ask: (api) => api.put('/v1/platform/users/none/roles/admin'),
    own: 404,
  },
  'DELETE /v1/platform/users/{userId}/roles/{role}': {
    who: may.platform,
    ask: (api) => api.del('/v1/platform/users/none/roles/admin'),
    own: 404,
  },
  'POST /v1/platform/partners/{partnerId}/clients': create(may.platform, `/v1/platform/partners/${PARTNER}/clients`),
  'GET /v1/platform/partners/{partnerId}/clients': see(
    may.platform,
    ({ partner }) => `/v1/platform/partners/${partner}/clients`,
  ),
  'GET /v1/platform/partners/{partnerId}/clients/{clientId}': {
    who: may.platform,
    ask: (api) => api.get(`/v1/platform/partners/${PARTNER}/clients/none`),
    own: 404,
  },
  'DELETE /v1/platform/partners/{partnerId}/clients/{clientId}': {
    who: may.platform,
    ask: (api) => api.del(`/v1/platform/partners/${PARTNER}/clients/none`),
    own: 404,
  },
  'GET /v1/platform/set-aside': list(may.platform, '/v1/platform/set-aside'),
  'POST /v1/platform/set-aside/{id}/put-back': {
    who: may.platform,
    ask: (api) => api.post('/v1/platform/set-aside/none/put-back'),
    own: 404,
  },
};

const publicRoutes = ['GET /', 'GET /health', 'GET /openapi.json', 'GET /docs'];
/** It checks the secret of an API client itself. */
const tokenRoute = 'POST /oauth2/token';
/** It checks the signature of an operator itself. */
const pushRoute = 'POST /v1/operators/{id}/push';

const clients = new Map<string, ApiClient>();

function as(claims: CallerClaims): ApiClient {
  const key = JSON.stringify(claims);
  const client = clients.get(key) ?? cloud.as(claims);
  clients.set(key, client);
  return client;
}

/** Who asks, and whether the thing asked about is theirs to see. */
type Asking = { claims: CallerClaims; role: Role; rights: boolean; theirs: boolean };

/** Every role, as everybody who could carry it. */
function everybody(isPlatforms: boolean): Asking[] {
  const { customer, otherCustomer } = things;
  return [
    ...everyRole.flatMap((role): Asking[] => {
      const isPartners = partnerRoles.some((other) => other === role);
      const isCustomers = customerRoles.some((other) => other === role);
      const roles = [role];
      return [
        { claims: { partnerId: PARTNER, roles }, role, rights: isPartners, theirs: true },
        { claims: { partnerId: OTHER_PARTNER, roles }, role, rights: isPartners, theirs: false },
        { claims: { roles }, role, rights: role === 'platform' && isPlatforms, theirs: true },
        { claims: { partnerId: PARTNER, customerId: customer, roles }, role, rights: isCustomers, theirs: true },
        { claims: { partnerId: PARTNER, customerId: otherCustomer, roles }, role, rights: isCustomers, theirs: false },
        { claims: { partnerId: OTHER_PARTNER, customerId: customer, roles }, role, rights: isCustomers, theirs: false },
        { claims: { roles, customerId: customer }, role, rights: role === 'platform' && isPlatforms, theirs: true },
      ];
    }),
  ];
}

/**
 * At a deployment, the callers are users of its pool. Its hourly schedule deactivates those whose customer does not exist at their
 * partner; their tokens are then refused with 401.
 */
const mayBeDeactivated = ({ partnerId, customerId }: CallerClaims) =>
  cloud.isDeployment && partnerId === OTHER_PARTNER && customerId !== undefined;

/** On a local cloud, callers whose claims do not fit their role call one in this many routes each. */
const ONE_IN = 6;

/**
 * The callers of the route at this place of the list. On a local cloud: every role with the claims that fit it, and the others in
 * turn, because one rule refuses those at every route (`callerFromClaims`). Acceptance calls every route as everybody; CI runs it
 * with `npm run acceptance:local`.
 */
function callersOf(place: number, isPlatforms: boolean): Asking[] {
  const all = everybody(isPlatforms);
  const fits = ({ claims, role, rights }: Asking) =>
    rights || (role === 'platform' && claims.partnerId === undefined && claims.customerId === undefined);
  return cloud.isDeployment ? all : all.filter((asking, nth) => fits(asking) || (nth + place) % ONE_IN === 0);
}

describe('every route accepts exactly the roles of the contract', () => {
  test('the contract covers all routes', () => {
    const declared = allRoutes.map(({ method, path }) => `${method} ${path}`);
    expect([...Object.keys(routes), ...publicRoutes, tokenRoute, pushRoute].sort()).toEqual(declared.sort());
  });

  test.each(publicRoutes)('%s is public', async (name) => {
    const path = name.slice('GET '.length);
    expect((await cloud.api().get(path)).status).toBe(200);
    expect((await as({ roles: [] }).get(path)).status).toBe(200);
  });

  test('a push message needs a signature, and no token replaces it', async () => {
    for (const api of [cloud.api(), as({ roles: ['platform'] }), as({ partnerId: PARTNER, roles: ['admin'] })]) {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      expectProblem(await api.post('/v1/operators/a1/push', 'eventType=SIM_STATE_CHANGE', form), 404, 'not_found');
    }
  });

  // Nothing was sent from a deployment, so that it has no delivery.
  const asked = Object.entries(routes)
    .filter(([name]) => !(cloud.isDeployment && name.includes('{deliveryId}')))
    .map(([name, row], place) => [name, row, place] as const);
  test.each(asked)('%s', async (_name, { who, ask, own, one = false }, place) => {
    const isPlatforms = who.some((role) => role === 'platform');
    await pMap(
      callersOf(place, isPlatforms),
      async ({ claims, role, rights, theirs }) => {
        const answer = await ask(as(claims), things);
        const isThere = one === "the caller's" ? claims.partnerId !== OTHER_PARTNER : theirs;
        const expected = rights && who.includes(role) ? (one && !isThere ? 404 : own) : 403;
        if (answer.status === 401 && mayBeDeactivated(claims)) {
          return;
        }
        expect({ claims, status: answer.status }).toEqual({ claims, status: expected });
        if (expected >= 400) {
          expectProblem(answer, expected, expected === 403 ? 'forbidden' : expected === 404 ? 'not_found' : undefined);
        }
      },
      { concurrency: 8 },
    );
  });

  test('refused requests have changed nothing', async () => {
    expect(await acme.sims({})).toEqual(fleet);
  });
});

describe('another partner does not see its resources in lists', () => {
  const theirs = as({ partnerId: OTHER_PARTNER, roles: ['admin'] });

  test.each(['/v1/customer-services', '/v1/orders', '/v1/sims', '/v1/operations'])('%s', async (path) => {
    expect((await acme.all(path)).length).toBeGreaterThan(0);
    expect(is(200, await theirs.get<Page<unknown>>(path)).items).toEqual([]);
  });

  test('/v1/customers and /v1/partner-services', async () => {
    const customers = is(200, await theirs.get<Page<{ id: string }>>('/v1/customers')).items;
    expect(customers).toHaveLength(1);
    expect(customers.map(({ id }) => id)).not.toContain(things.customer);
    const services = is(200, await theirs.get<Page<{ holding: boolean }>>('/v1/partner-services')).items;
    expect(services.every(({ holding }) => holding)).toBe(true);
  });

  test('with any filter that names them', async () => {
    for (const query of [
      `customerId=${things.customer}`,
      `customerServiceId=${things.customerService}`,
      `partnerServiceId=${things.partnerService}`,
      `orderId=${things.order}`,
      `q=${things.sim}`,
    ]) {
      expect(is(200, await theirs.get<Page<Sim>>(`/v1/sims?${query}`)).items).toEqual([]);
    }
    const services = await theirs.get<Page<unknown>>(`/v1/customer-services?customerId=${things.customer}`);
    expect(is(200, services).items).toEqual([]);
  });
});

describe('another partner cannot use its resources in requests', () => {
  const theirs = cloud.partner(OTHER_PARTNER);

  test('as a filter of a bulk action', async () => {
    const sim = fleet.find(({ customerId }) => customerId === things.customer);
    for (const filter of [
      { customerId: things.customer },
      { customerServiceId: things.customerService },
      { partnerServiceId: sim?.partnerServiceId },
      { orderId: things.order },
      { q: things.sim },
      { customerId: things.customer, state: 'assigned', operatorId: 'a1' },
    ]) {
      const dry = await theirs.api.post('/v1/sims/unassign', { select: { filter }, dryRun: true });
      expect(is(200, dry)).toMatchObject({ total: 0, results: [] });
      expect(await theirs.bulkDone('unassign', { select: { filter } })).toMatchObject({ state: 'succeeded', total: 0 });
    }
    expect(await acme.sims({})).toEqual(fleet);
  });

  test('as the plan of its own order', async () => {
    await cloud.operator('orange').behaves({ leadTimeDays: 365 });
    const { id } = await theirs.orders({ operatorId: 'orange', quantity: 50 });
    const own = await theirs.aPlan();
    const foreign = {
      partnerServiceId: things.partnerService,
      customerId: things.customer,
      customerServiceId: things.customerService,
    };
    for (const [field, foreignId] of Object.entries(foreign)) {
      const answer = await theirs.api.put(`/v1/orders/${id}/plan`, { ...own, [field]: foreignId });
      expectInvalid(answer, [[`/${field}`, 'not_found']]);
    }
    expect((await theirs.order(id)).plan).toBeUndefined();
    await cloud.operator('orange').behavesWell();
  });
});

describe.each(customerRoles)('a customer\u2019s own user (%s)', (role) => {
  const user = (customerId: string, partnerId = PARTNER) => as({ partnerId, customerId, roles: [role] });
  const simsOf = async (api: ApiClient, query = '') => is(200, await api.get<Page<Sim>>(`/v1/sims${query}`)).items;
  const ofCustomer = (customerId: string) => fleet.filter((sim) => sim.customerId === customerId);

  test('sees the SIMs of its customer, and no others', async () => {
    const { customer, otherCustomer } = things;
    expect(ofCustomer(customer)).toHaveLength(8);
    expect(await simsOf(user(customer))).toEqual(ofCustomer(customer));
    expect(await simsOf(user(otherCustomer))).toEqual(ofCustomer(otherCustomer));
    // A deployment may have deactivated these users.
    if (!cloud.isDeployment) {
      expect(await simsOf(user('cus_none'))).toEqual([]);
      expect(await simsOf(user(customer, OTHER_PARTNER))).toEqual([]);
    }
  });

  test('sees no other SIMs with any filter', async () => {
    const { customer, otherCustomer, order } = things;
    const own = ofCustomer(customer);
    const [foreign] = ofCustomer(otherCustomer);
    expect(await simsOf(user(customer), `?customerId=${customer}`)).toEqual(own);
    expect(await simsOf(user(customer), `?orderId=${order}`)).toEqual(own);
    expect(await simsOf(user(customer), '?operatorId=a1')).toEqual(own);
    for (const query of [
      `customerId=${otherCustomer}`,
      `customerServiceId=${foreign?.customerServiceId}`,
      `q=${foreign?.iccid}`,
      'state=in_stock',
    ]) {
      expect(await simsOf(user(customer), `?${query}`)).toEqual([]);
    }
  });

  test('sees a SIM and its timeline if it belongs to the customer', async () => {
    const { customer, otherCustomer } = things;
    const stock = fleet.find(({ state }) => state === 'in_stock');
    for (const sim of [ofCustomer(otherCustomer)[0], stock]) {
      expectProblem(await user(customer).get(`/v1/sims/${sim?.iccid}`), 404, 'not_found');
      expectProblem(await user(customer).get(`/v1/sims/${sim?.iccid}/events`), 404, 'not_found');
    }
    const [own] = ofCustomer(customer);
    expect(is(200, await user(customer).get<Sim>(`/v1/sims/${own?.iccid}`))).toEqual(own);
  });

  test('sees the services of its customer, and no others', async () => {
    const { customer, otherCustomer, customerService } = things;
    const services = async (query = '') =>
      is(200, await user(customer).get<Page<CustomerService>>(`/v1/customer-services${query}`)).items;
    expect((await services()).map(({ id }) => id)).toEqual([customerService]);
    expect((await services(`?customerId=${customer}`)).map(({ id }) => id)).toEqual([customerService]);
    expect(await services(`?customerId=${otherCustomer}`)).toEqual([]);
    const [foreign] = await acme.all<CustomerService>(`/v1/customer-services?customerId=${otherCustomer}`);
    expectProblem(await user(customer).get(`/v1/customer-services/${foreign?.id}`), 404, 'not_found');
  });
});
