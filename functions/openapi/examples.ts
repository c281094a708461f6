/*
 * An example of each named schema in responses, by its name. The OpenAPI document shows them, and a test validates them. They
 * are separate from the schemas, so that the bundles of the functions do not contain them.
 */

const createdAt = '2026-11-02T09:30:00.000Z';
const updatedAt = '2026-11-05T14:12:07.512Z';
const stamps = { createdAt, updatedAt, version: 3 };

const orderId = 'ord_01JBP4C5K8D3M6Q9S2V5X8Z1B4';
const operationId = 'op_01JBY7A2D5G8J1M4P7S0V3Y6B9';
const customerId = 'cus_01JBP1H4K7N0Q3T6W9Z2C5F8J1';
const customerServiceId = 'csv_01JBP1R5V8Y1B4E7H0K3N6Q9T2';
const partnerServiceId = 'psv_01JBP1M3Q6T9W2Z5C8F1J4M7P0';
const alarmId = 'alm_01JBZ2E5H8K1N4Q7T0W3Z6C9F2';
const webhookId = 'whk_01JBZ9P2S5V8Y1B4E7H0K3N6Q9';
const userId = '6f1c2a0e-4b7d-4a52-9a53-1d2e3f405162';
const iccid = '8944200000000000017';

const contact = { name: 'Ada Byrne', email: 'ada@acme.example', phone: '+44 20 7946 0018' };
const address = {
  name: 'Acme Connectivity Ltd',
  lines: ['1 Dock Road'],
  city: 'London',
  postalCode: 'E16 1AA',
  country: 'GB',
};
const product = { id: 'triple', name: 'Triple-cut SIM', formFactor: 'triple', default: true };
const tariffTerms = {
  name: 'Meters 100 MB',
  operatorIds: ['3uk', '3ireland'],
  networks: ['3 UK', '3 Ireland'],
  allowanceBytes: 104_857_600,
  pooling: 'dynamic_pool',
  minimumTermMonths: 12,
  monthlyPrice: { amount: '1.50', currency: 'GBP' },
};

const webhook = {
  id: webhookId,
  url: 'https://hooks.acme.example/sims',
  events: ['order.*', 'operation.finished'],
  enabled: true,
  ...stamps,
};
const client = {
  id: 'cli_01JBP9N2R5T8W1Y4B7E0H3K6M9',
  name: 'Order desk',
  partnerId: 'acme',
  roles: ['admin'],
  scopes: ['acme/admin'],
  tokenUrl: 'https://api.example.com/oauth2/token',
  createdAt,
};
const notActive = {
  iccid: '8944200000000000025',
  problem: { code: 'not_assigned', detail: 'The SIM has no customer. Assign it to a customer service first.' },
};

const order = {
  id: orderId,
  operatorId: '3uk',
  quantity: 50,
  receivedQuantity: 50,
  state: 'delivered',
  reference: 'PO-1001',
  deliveryAddress: address,
  operatorReference: '3UK-20261102-7F3A',
  trackingReference: 'GB123456789',
  estimatedDelivery: { earliest: '2026-11-06', latest: '2026-11-10' },
  plan: { partnerServiceId, customerId, customerServiceId, activate: true },
  progress: { received: 50, migrated: 50, assigned: 0, activated: 0, failed: 0 },
  operations: [{ stage: 'migrate', operationId }],
  ...stamps,
};

const sim = {
  iccid,
  imsi: '234200000000001',
  msisdn: '+447700900001',
  operatorId: '3uk',
  orderId,
  state: 'active',
  bars: [],
  partnerServiceId,
  holding: false,
  customerId,
  customerServiceId,
  label: 'Meter 17',
  tags: ['north'],
  stateChangedAt: updatedAt,
  ...stamps,
  nextActions: ['suspend', 'terminate', 'assign', 'migrate', 'unassign'],
};

const simEventData = {
  iccid,
  operatorId: '3uk',
  orderId,
  state: 'active',
  partnerServiceId,
  customerId,
  customerServiceId,
  operationId,
};

export const examples: Readonly<Record<string, unknown>> = {
  Alarm: {
    id: alarmId,
    name: 'Meters at 80 %',
    scope: { customerServiceId },
    measure: 'pool',
    threshold: { percent: 80 },
    action: 'notify',
    ...stamps,
  },
  Client: client,
  Customer: {
    id: customerId,
    name: 'Northwind Meters Ltd',
    shortName: 'Northwind Meters',
    contact: { name: 'Nora Quinn', email: 'nora@northwind.example' },
    tags: ['utilities'],
    ...stamps,
  },
  CustomerService: {
    id: customerServiceId,
    customerId,
    tariffId: 'trf_customer_all',
    name: 'Northwind Meters – All networks 100 MB',
    ...stamps,
  },
  Delivery: {
    id: 'dlv_01JBZA1D4G7J0M3P6S9V2Y5B8E',
    eventId: 'evt_01JBZA1D4G7J0M3P6S9V2Y5B8E',
    type: 'order.delivered',
    subject: orderId,
    state: 'delivered',
    attempts: 1,
    lastStatus: 204,
    lastAttemptAt: '2026-11-05T14:12:09.118Z',
    createdAt: updatedAt,
    deliveredAt: '2026-11-05T14:12:09.118Z',
  },
  DryRun: {
    total: 2,
    eligible: 1,
    ineligible: 1,
    byCode: { not_assigned: 1 },
    results: [
      { iccid, eligible: true },
      { ...notActive, eligible: false },
    ],
  },
  Firing: {
    at: '2026-11-21T03:00:12.004Z',
    alarmId,
    name: 'Meters at 80 %',
    period: '2026-11',
    subject: customerServiceId,
    measure: 'pool',
    usedBytes: 4_211_081_216,
    thresholdBytes: 4_194_304_000,
    action: 'notify',
  },
  JournalEntry: {
    at: updatedAt,
    actor: userId,
    method: 'POST',
    route: '/v1/sims/activate',
    resource: `/v1/operations/${operationId}`,
    sourceIp: '198.51.100.7',
    requestId: 'JKJaXmPLvHcESHA=',
    status: 202,
    changes: [{ field: 'select.orderId', after: orderId }],
  },
  RotatedClient: {
    ...client,
    secret: 'the new secret, shown only once',
    previousSecretValidUntil: '2026-11-06T14:12:07.512Z',
  },
  NewClient: { ...client, secret: 'the secret, shown only once' },
  NewWebhook: { ...webhook, secret: 'whsec_c2hvd24gb25seSBvbmNlLCBrZWVwIGl0IQ==' },
  Operation: {
    id: operationId,
    action: 'activate',
    selection: { orderId },
    state: 'partially_succeeded',
    total: 50,
    succeeded: 49,
    failed: 1,
    requestedBy: userId,
    createdAt: updatedAt,
    startedAt: '2026-11-05T14:12:08.020Z',
    finishedAt: '2026-11-05T14:13:41.377Z',
  },
  Operator: {
    id: '3uk',
    name: '3UK',
    orderMultiple: 50,
    leadTimeWorkingDays: { min: 3, max: 5 },
    calendar: 'GB',
    products: [product],
  },
  Order: order,
  OrderEvent: { at: updatedAt, type: 'order.delivered', from: 'dispatched', to: 'delivered', actor: 'system' },
  OrderEventData: { orderId, from: 'dispatched', to: 'delivered' },
  Partner: {
    id: 'acme',
    name: 'Acme Connectivity Ltd',
    shortName: 'Acme',
    deliveryAddress: address,
    contact,
    holdingDays: 5,
    ...stamps,
  },
  SimProduct: product,
  LoadedFile: {
    rows: 50,
    loaded: 48,
    alreadyLoaded: 1,
    rejected: 1,
    errors: [
      {
        row: 17,
        iccid: '8943010000000000019',
        code: 'invalid_iccid',
        message: 'iccid: the check digit should be 8, not 9.',
      },
    ],
  },
  Difference: {
    id: 'dif_01JG0000000000000000000000',
    iccid: '8944200000000000017',
    partnerId: 'acme',
    operatorId: '3uk',
    field: 'state',
    ours: 'suspended',
    theirs: 'active',
    seenAt: '2026-11-05T14:12:07.512Z',
  },
  ManualTask: {
    id: 'tsk_01JG0000000000000000000000',
    operatorId: 'a1',
    partnerId: 'acme',
    action: 'cancel_order',
    count: 20,
    orderId,
    createdAt,
    state: 'open',
  },
  ManualTaskSim: { iccid: '8943010000000000018', imsi: '232010000000001', msisdn: '+436641234567' },
  PlatformOperator: {
    id: '3uk',
    name: '3UK',
    country: 'GB',
    calendar: 'GB',
    orderMultiple: 50,
    leadTimeWorkingDays: { min: 3, max: 5 },
    products: [product],
    iccid: { checkDigit: 'required' },
    ordering: 'api',
    connectivity: 'api',
    usage: 'api',
    platform: { kind: 'sim-fulfilment' },
    onDifference: 'report',
  },
  PartnerOrder: { ...order, partnerId: 'acme' },
  PartnerService: {
    id: partnerServiceId,
    name: 'Meters 100 MB',
    tariffId: 'trf_partner_all',
    holding: false,
    ...stamps,
  },
  PartnerSim: { ...sim, partnerId: 'acme' },
  Quote: {
    valid: false,
    violations: [{ code: 'multiple_of', message: 'quantity must be a multiple of 50 for 3UK: 100 or 150, not 120.' }],
    nearest: [100, 150],
    product,
    estimatedDelivery: { earliest: '2026-11-06', latest: '2026-11-10' },
  },
  Result: { ...notActive, outcome: 'failed' },
  ServiceUsage: {
    period: '2026-11',
    allowanceBytes: 5_242_880_000,
    usedBytes: 4_211_081_216,
    sims: 50,
    pooling: 'dynamic_pool',
    topSims: [{ iccid, bytes: 210_554_061 }],
    completeUntil: '2026-11-05T12:00:00.000Z',
    forecast: '2026-11-27',
  },
  DeadLetter: {
    id: 'work_01JBZB4E7H0K3N6Q9T2W5Z8C1F',
    kind: 'order',
    partnerId: 'acme',
    subject: orderId,
    error: 'The execution ended with States.TaskFailed.',
    at: updatedAt,
  },
  Sim: sim,
  SimEvent: { at: updatedAt, type: 'sim.activated', from: 'activating', to: 'active', operationId, actor: userId },
  SimDiffersData: { ...simEventData, field: 'state', ours: 'active', theirs: 'barred' },
  SimEventData: simEventData,
  SimUsage: {
    unit: 'bytes',
    totalBytes: 3_145_728,
    completeUntil: '2026-11-05T12:00:00.000Z',
    points: [
      { at: '2026-11-04T00:00:00.000Z', bytes: 1_048_576, network: '23420' },
      { at: '2026-11-05T00:00:00.000Z', bytes: 2_097_152, network: '23420' },
    ],
  },
  Tariff: { id: 'trf_customer_all', ...tariffTerms, audience: 'customer' },
  TestEventData: { webhookId },
  UsageFile: {
    records: 1000,
    counted: 999,
    ownerless: 1,
    untimely: 0,
    otherOperator: 0,
    conflicting: 0,
    superseded: 0,
    setAside: 0,
    errors: [
      {
        row: 17,
        recordId: 'a1-2026-11-05-10-0016',
        iccid: '8943010000000000018',
        code: 'unknown_sim',
        message: 'No partner has this SIM.',
      },
    ],
  },
  User: {
    id: userId,
    email: 'ada@acme.example',
    firstName: 'Ada',
    lastName: 'Lovelace',
    partnerId: 'acme',
    roles: ['admin'],
    state: 'active',
    active: true,
    createdAt,
  },
  Webhook: webhook,
};
