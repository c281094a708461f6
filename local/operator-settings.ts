/*
 * Settings of an operator that a local cloud does not start with, as `PUT /v1/platform/operators/{operatorId}` takes them. Tests and
 * tools create such operators; the sandbox simulates any.
 */

/** An operator for which the platform's staff do everything by hand. */
export const operatorByHand = {
  name: 'Portal Mobile',
  country: 'DE',
  calendar: 'weekdays',
  orderMultiple: 10,
  leadTimeWorkingDays: { min: 3, max: 5 },
  products: [{ id: 'nano', name: 'Nano SIM', formFactor: '4FF', default: true }],
  iccid: { checkDigit: 'required' },
  ordering: 'manual',
  connectivity: 'manual',
  usage: 'file',
  onDifference: 'report',
} as const;

/** An operator on Control Center, which takes one call at a time and ten a second. */
export const operatorOneAtATime = {
  ...operatorByHand,
  connectivity: 'api',
  platform: { kind: 'control-center', requestsPerSecond: 10, concurrency: 1 },
} as const;

/** An operator that does everything over the API of the sandbox. */
export const operatorOverApi = {
  ...operatorByHand,
  ordering: 'api',
  connectivity: 'api',
  usage: 'api',
  platform: { kind: 'sim-fulfilment' },
} as const;
