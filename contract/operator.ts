import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { operatorIds } from '../domain/operator.ts';
import { namedSchema } from './fields.ts';

export const operatorSchema = namedSchema('Operator', () =>
  z.object({
    id: z.enum(operatorIds),
    name: z.string(),
    orderMultiple: described(z.int(), 'Order quantities are multiples of this number.'),
    leadTimeWorkingDays: z.object({ min: z.int(), max: z.int() }),
    calendar: described(z.string(), 'Country whose working days and bank holidays apply to lead times.'),
  }),
);
