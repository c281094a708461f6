import * as z from 'zod/mini';
import { CALENDARS } from './bank-holidays.ts';
import { countryProblem } from './countries.ts';
import { described } from './described.ts';
import { checkDigitRules } from './iccid.ts';
import { asId, type OperatorId } from './ids.ts';
import { capabilitiesOf } from './operator-capabilities.ts';
import { line } from './text.ts';
import type { Violation } from './verdict.ts';

const OPERATOR_ID = /^[a-z0-9][a-z0-9-]{0,18}[a-z0-9]$/;

/** Whether a text has the format of an operator's id. */
export function isOperatorId(text: string): text is OperatorId {
  return OPERATOR_ID.test(text);
}

/** An operator's id in a request. Whether the operator exists is checked separately. */
export const operatorIdSchema = z.lazy(() =>
  z
    .string()
    .check(z.maxLength(20), z.regex(OPERATOR_ID, 'must be the id of an operator, such as 3uk. See GET /v1/operators.'))
    .register(z.globalRegistry, { id: 'OperatorId', description: 'The id of an operator.' })
    .brand<'operator'>(),
);

/** The maximum number of operators. Creating a partner creates a holding service for each, in one transaction. */
export const MAX_OPERATORS = 50;

/** How a product's chip fits into a device. `triple` breaks out to 2FF, 3FF and 4FF; MFF2 is soldered. */
export const formFactors = ['2FF', '3FF', '4FF', 'MFF2', 'triple'] as const;

/** `manual`: the platform's staff do it at the operator, and report the result. */
export const handlings = ['api', 'manual'] as const;

/** The protocols of operators' platforms in the contract. */
export const platformKinds = ['sim-fulfilment', 'control-center', 'iot-accelerator'] as const;

export type PlatformKind = (typeof platformKinds)[number];

const rate = (max: number) => z.optional(z.int().check(z.minimum(1), z.maximum(max)));

export const productFields = () => ({
  id: z
    .string()
    .check(z.maxLength(30), z.regex(/^[a-z0-9][a-z0-9-]*$/, 'must be 1 to 30 lower-case letters, digits and dashes')),
  name: line(60),
  formFactor: described(z.enum(formFactors), '`triple` breaks out to 2FF, 3FF and 4FF. MFF2 is soldered.'),
  default: described(z.boolean(), 'Whether orders without `productId` get this product.'),
});

export const operatorFields = () => ({
  name: line(60),
  country: z.string().check(z.maxLength(2), z.regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code of two capital letters')),
  calendar: described(
    z.enum(CALENDARS),
    'Country whose working days and bank holidays apply to lead times. `weekdays`: Monday to Friday without bank holidays.',
  ),
  closedDays: described(
    z.optional(z.array(z.iso.date()).check(z.maxLength(100))),
    'Further days that are not working days.',
  ),
  orderMultiple: described(
    z.int().check(z.minimum(1), z.maximum(10_000)),
    'Order quantities are multiples of this number.',
  ),
  leadTimeWorkingDays: z.strictObject({
    min: z.int().check(z.minimum(0), z.maximum(250)),
    max: z.int().check(z.minimum(0), z.maximum(250)),
  }),
  products: described(
    z.array(z.strictObject(productFields())).check(z.minLength(1), z.maxLength(10)),
    'The SIM products that can be ordered.',
  ),
  iccid: z.strictObject({
    checkDigit: described(
      z.enum(checkDigitRules),
      'Whether the ICCIDs that the operator issues end with a Luhn check digit.',
    ),
  }),
  ordering: described(z.enum(handlings), '`manual`: the platform staff handle orders and SIM lists.'),
  connectivity: described(
    z.enum(handlings),
    'How SIMs are activated, suspended, resumed and terminated. `manual`: the platform staff do it and complete manual tasks.',
  ),
  usage: described(z.enum(['api', 'file']), '`file`: the platform staff upload usage files.'),
  platform: described(
    z.optional(
      z.strictObject({
        kind: described(z.enum(platformKinds), 'The protocol of the operator’s platform.'),
        requestsPerSecond: described(rate(1000), 'Calls that start within any second.'),
        requestsPerMinute: described(rate(60_000), 'Calls that start within any minute.'),
        concurrency: described(rate(100), 'Calls at the same time.'),
        batchSize: described(
          rate(1000),
          'SIMs in a call. The adapter’s maximum when absent: 500, or 1 on Control Center.',
        ),
      }),
    ),
    'The platform on which `api` operators are called, and its limits, which hold for all calls of this system together. Work that exceeds a limit waits for its turn. A change takes effect within a minute. The address and the credentials are in the secret of the operators.',
  ),
  onDifference: described(
    z.enum(['report', 'enforce']),
    'What happens when the operator’s state of a SIM differs from ours. `report`: a difference is open until a person settles it. `enforce`: the operator is asked to put the bars back.',
  ),
  testStatus: described(
    z.optional(z.strictObject({ limitBytes: z.int().check(z.minimum(1), z.maximum(1_000_000_000)) })),
    'Present if SIMs can be put into test status: the usage at which such a SIM becomes active.',
  ),
});

/** What the platform sets about an operator. */
export const operatorSettingsSchema = z.lazy(() => z.strictObject(operatorFields()));

export type OperatorSettings = z.infer<typeof operatorSettingsSchema>;

export type SimProduct = OperatorSettings['products'][number];

/** The details of an operator. Its address and credentials are in the secret of the operators. */
export type Operator = OperatorSettings & { id: OperatorId };

/** The rules that an operator's settings violate: the country exists, and the settings are consistent with each other. */
export function operatorSettingsViolations(settings: OperatorSettings): Violation[] {
  const { country, leadTimeWorkingDays, products, platform, ordering, connectivity, usage } = settings;
  const violations: Violation[] = [];
  const unknownCountry = countryProblem(country);
  if (unknownCountry !== undefined) {
    violations.push({ pointer: '/country', code: 'unknown_country', message: `country ${unknownCountry}.` });
  }
  if (leadTimeWorkingDays.min > leadTimeWorkingDays.max) {
    violations.push({
      pointer: '/leadTimeWorkingDays/min',
      code: 'maximum',
      message: `leadTimeWorkingDays.min must be at most max, ${leadTimeWorkingDays.max}.`,
    });
  }
  const ids = products.map(({ id }) => id);
  products.forEach(({ id }, index) => {
    if (ids.indexOf(id) !== index) {
      violations.push({
        pointer: `/products/${index}/id`,
        code: 'duplicate',
        message: `Two products have the id ${id}.`,
      });
    }
  });
  const defaults = products.filter((product) => product.default).length;
  if (defaults !== 1) {
    violations.push({
      pointer: '/products',
      code: 'one_default',
      message: `Exactly one product must be the default, not ${defaults}.`,
    });
  }
  const usesApi = [ordering, connectivity, usage].includes('api');
  if (usesApi && platform === undefined) {
    violations.push({
      pointer: '/platform',
      code: 'required',
      message: 'platform is required when ordering, connectivity or usage is api.',
    });
  }
  return [...violations, ...capabilityViolations(settings)];
}

/** The settings that the operator's platform cannot fulfil. */
function capabilityViolations({ platform, ordering, connectivity }: OperatorSettings): Violation[] {
  if (platform === undefined) {
    return [];
  }
  const able = capabilitiesOf(platform.kind);
  const notSupported = (field: string, what: string, instead: string): Violation => ({
    pointer: `/${field}`,
    code: 'not_supported',
    message: `The adapter for ${platform.kind} does not ${what}. Set ${field} to "${instead}".`,
  });
  return [
    ...(ordering === 'api' && !able.orders ? [notSupported('ordering', 'place orders', 'manual')] : []),
    ...(connectivity === 'api' && !able.connectivity ? [notSupported('connectivity', 'change SIMs', 'manual')] : []),
  ];
}

/** The product that an order gets: the one that it names, or the operator's default. */
export function productOf(
  { products }: Pick<Operator, 'products'>,
  productId: string | undefined,
): SimProduct | undefined {
  return products.find((product) => (productId === undefined ? product.default : product.id === productId));
}

/** The rule: a product that an order names is one of its operator's. */
export function productViolations(
  operator: Pick<Operator, 'name' | 'products'>,
  productId: string | undefined,
): Violation[] {
  if (productOf(operator, productId)) {
    return [];
  }
  const ids = operator.products.map(({ id }) => id).join(', ');
  const message = `${operator.name} has no product ${productId}. Its products are ${ids}.`;
  return [{ pointer: '/productId', code: 'invalid_value', message }];
}

/** Settings shared by the operators in the partner guide: 3 to 5 working days. Source: the wholesaler's partner guide. */
const ofTheGuide: Pick<
  OperatorSettings,
  'leadTimeWorkingDays' | 'products' | 'iccid' | 'ordering' | 'connectivity' | 'usage' | 'platform' | 'onDifference'
> = {
  leadTimeWorkingDays: { min: 3, max: 5 },
  products: [{ id: 'triple', name: 'Triple-cut SIM', formFactor: 'triple', default: true }],
  iccid: { checkDigit: 'required' },
  ordering: 'api',
  connectivity: 'api',
  usage: 'api',
  platform: { kind: 'sim-fulfilment' },
  onDifference: 'report',
};

/**
 * The operators of a new deployment, which the platform can replace. SIMs come in multiples of 50, of A1 in multiples of 20.
 * Source: the wholesaler's partner guide.
 */
export const seedOperators: readonly Operator[] = [
  { id: asId('operator', '3uk'), name: '3UK', country: 'GB', calendar: 'GB', orderMultiple: 50, ...ofTheGuide },
  {
    id: asId('operator', '3ireland'),
    name: '3Ireland',
    country: 'IE',
    calendar: 'IE',
    orderMultiple: 50,
    ...ofTheGuide,
    testStatus: { limitBytes: 100_000 },
  },
  { id: asId('operator', 'orange'), name: 'Orange', country: 'FR', calendar: 'FR', orderMultiple: 50, ...ofTheGuide },
  { id: asId('operator', 'a1'), name: 'A1', country: 'AT', calendar: 'AT', orderMultiple: 20, ...ofTheGuide },
];
