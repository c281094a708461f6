import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { type Operator, operatorFields, operatorIdSchema, productFields } from '../domain/operator.ts';
import { namedSchema, showAs } from './fields.ts';

export const productSchema = namedSchema('SimProduct', () => z.object({ ...productFields(), name: z.string() }));

/** What partners see of an operator. */
export const operatorSchema = namedSchema('Operator', () =>
  z.object({
    id: operatorIdSchema,
    name: z.string(),
    orderMultiple: described(z.int(), 'Order quantities are multiples of this number.'),
    leadTimeWorkingDays: z.object({ min: z.int(), max: z.int() }),
    calendar: described(
      z.string(),
      'Country whose working days and bank holidays apply to lead times. `weekdays`: Monday to Friday, without bank holidays.',
    ),
    products: described(z.array(productSchema), 'The SIM products that can be ordered.'),
    testStatus: operatorFields().testStatus,
  }),
);

export const showOperator = (operator: Operator) => showAs(operatorSchema, operator);

/** All settings of an operator, for the platform. */
export const platformOperatorSchema = namedSchema('PlatformOperator', () =>
  z.object({ id: operatorIdSchema, ...operatorFields(), name: z.string() }),
);

export const showPlatformOperator = (operator: Operator) => showAs(platformOperatorSchema, operator);
