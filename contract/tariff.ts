import * as z from 'zod/mini';
import { tariffFields } from '../domain/tariff.ts';
import { id } from './fields.ts';

export const tariffAnswerSchema = z.lazy(() =>
  z
    .object({ id, ...tariffFields(), name: z.string(), networks: z.array(z.string()) })
    .register(z.globalRegistry, { id: 'Tariff' }),
);

export const showTariff = (tariff: object) => tariffAnswerSchema.parse(tariff);
