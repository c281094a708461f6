import * as z from 'zod/mini';
import { normalizeMsisdn } from '../../domain/delivered-sim.ts';
import type { SimDetails } from '../../domain/operator-port.ts';

const listedSchema = z.lazy(() =>
  z.object({ imsi: z.optional(z.unknown()), msisdn: z.optional(z.unknown()), imei: z.optional(z.unknown()) }),
);

const formats = { imsi: /^\d{14,15}$/, msisdn: /^\+[1-9]\d{6,14}$/, imei: /^\d{14,16}$/ } as const;

/**
 * The numbers of a SIM in an operator's answer. Empty ones are absent. A number in another format is no number: it is named in
 * `problems` and never becomes data.
 */
export function numbersIn(entry: unknown): { numbers: Pick<SimDetails, keyof typeof formats>; problems: string[] } {
  const listed = listedSchema.safeParse(entry).data ?? {};
  const numbers: Pick<SimDetails, keyof typeof formats> = {};
  const problems: string[] = [];
  for (const field of ['imsi', 'msisdn', 'imei'] as const) {
    const given = listed[field];
    const text = typeof given === 'string' || typeof given === 'number' ? String(given).trim() : given;
    const number = field === 'msisdn' && typeof text === 'string' ? normalizeMsisdn(text) : text;
    if (number === undefined || number === null || number === '') {
      continue;
    }
    if (typeof number === 'string' && formats[field].test(number)) {
      numbers[field] = number;
    } else {
      problems.push(`${field} has another format`);
    }
  }
  return { numbers, problems };
}
