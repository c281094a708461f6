import * as z from 'zod/mini';
import { type Tariff, tariffFields } from '../domain/tariff.ts';
import { id, namedSchema, showAs } from './fields.ts';

export const tariffAnswerSchema = namedSchema('Tariff', () =>
  z.object({ id, ...tariffFields(), name: z.string(), networks: z.array(z.string()) }),
);

export const showTariff = (tariff: Tariff) => showAs(tariffAnswerSchema, tariff);
