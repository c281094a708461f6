import * as z from 'zod/mini';
import { described } from './described.ts';
import type { OperatorId, TariffId } from './ids.ts';
import { MAX_OPERATORS, operatorIdSchema } from './operator.ts';
import { line } from './text.ts';
import type { Problem } from './verdict.ts';

/** How the SIMs of a service share its allowance. */
export const poolings = ['per_sim', 'static_pool', 'dynamic_pool'] as const;

export const tariffFields = () => ({
  name: line(100),
  operatorIds: described(
    z.array(operatorIdSchema).check(z.minLength(1), z.maxLength(MAX_OPERATORS)),
    'Operators whose SIMs the tariff covers.',
  ),
  networks: described(
    z.array(line(60)).check(z.minLength(1), z.maxLength(100)),
    'Networks that SIMs on the tariff can use.',
  ),
  allowanceBytes: described(z.int().check(z.nonnegative()), 'Bytes per calendar month, for one SIM or for the pool.'),
  pooling: described(
    z.enum(poolings),
    '`per_sim`: each SIM has the allowance. `static_pool`: the pool has it. `dynamic_pool`: the pool has it times its number of SIMs.',
  ),
  minimumTermMonths: z.int().check(z.minimum(0), z.maximum(120)),
  monthlyPrice: z.strictObject({
    amount: z.string().check(z.regex(/^\d{1,9}\.\d{2}$/, 'must be an amount with two decimals such as 12.50')),
    currency: z.string().check(z.regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code of three capital letters')),
  }),
  audience: z.enum(['partner', 'customer']),
});

/**
 * The terms of a tariff: an allowance on the networks of some operators. A partner service needs a tariff for partners, a
 * customer service a tariff for customers.
 */
export const tariffSchema = z.lazy(() => z.strictObject(tariffFields()));

export type TariffTerms = z.infer<typeof tariffSchema>;

export type Tariff = TariffTerms & { id: TariffId };

/** The id of a tariff: `trf_`, then 1 to 60 letters, digits, dots, dashes and underscores. */
export function isTariffId(text: string): text is TariffId {
  return /^trf_[A-Za-z0-9._-]{1,60}$/.test(text);
}

/** Why a service cannot be on a tariff: the tariff is for the other audience. */
export function audienceProblem(
  tariff: Pick<Tariff, 'audience'>,
  audience: Tariff['audience'],
): Problem<'wrong_audience'> | undefined {
  return tariff.audience === audience
    ? undefined
    : {
        code: 'wrong_audience',
        detail: `The tariff is for ${tariff.audience}s. A ${audience} service needs a tariff for ${audience}s.`,
      };
}

/** Whether a tariff covers an operator. A SIM can only be on a service whose tariff covers its operator. */
export function covers(tariff: Pick<Tariff, 'operatorIds'>, operatorId: OperatorId): boolean {
  return tariff.operatorIds.includes(operatorId);
}

/**
 * Why a tariff cannot be changed in this way. SIMs may depend on its audience and its operators, so it keeps both;
 * operators can be added.
 */
export function tariffChangeProblem(before: Tariff, after: TariffTerms): Problem<'tariff_in_use'> | undefined {
  const lost = before.operatorIds.filter((id) => !after.operatorIds.includes(id));
  if (lost.length > 0) {
    return {
      code: 'tariff_in_use',
      detail: `Tariff ${before.id} covers ${lost.join(', ')}, which existing SIMs may need. Create a new tariff without ${lost.length > 1 ? 'them' : 'it'}.`,
    };
  }
  if (before.audience !== after.audience) {
    return {
      code: 'tariff_in_use',
      detail: `Tariff ${before.id} is for ${before.audience}s, and existing services may depend on that. Create a new tariff for ${after.audience}s.`,
    };
  }
  return undefined;
}
