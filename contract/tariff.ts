import * as z from 'zod/mini';
import { tariffFields } from '../domain/tariff.ts';
import { id, namedSchema } from './fields.ts';

export const tariffAnswerSchema = namedSchema('Tariff', () =>
  z.object({ id, ...tariffFields(), name: z.string(), networks: z.array(z.string()) }),
);

export const showTariff = (tariff: object) => tariffAnswerSchema.parse(tariff);
