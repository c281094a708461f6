import type { Resource } from '../api/client.ts';
import { formatBytes } from '../app/format.ts';
import * as text from '../text/index.ts';

type Tariff = Resource<'Tariff'>;

/** The allowance of a tariff in words. */
export function describeAllowance({ allowanceBytes, pooling }: Pick<Tariff, 'allowanceBytes' | 'pooling'>): string {
  return text.tariffs.allowance(formatBytes(allowanceBytes), text.tariffs.pooling[pooling]);
}

/** What a choice of a tariff depends on: its price, its allowance and how SIMs share it, and its minimum term. */
export function describeTariff(
  tariff: Pick<Tariff, 'monthlyPrice' | 'allowanceBytes' | 'pooling' | 'minimumTermMonths'>,
): string {
  const { perMonth, noTerm, term, months } = text.tariffs;
  return [
    perMonth(formatPrice(tariff.monthlyPrice)),
    describeAllowance(tariff),
    tariff.minimumTermMonths === 0 ? noTerm : term(months(tariff.minimumTermMonths)),
  ].join(', ');
}

/** Tariffs as choices of a form, with their terms. */
export function tariffOptions(tariffs: readonly Tariff[]): { value: string; label: string; description: string }[] {
  return tariffs.map((tariff) => ({ value: tariff.id, label: tariff.name, description: describeTariff(tariff) }));
}

export const formatPrice = ({ amount, currency }: Tariff['monthlyPrice']): string => `${amount} ${currency}`;
