import type { Resource } from '../api/client.ts';
import { formatBytes } from '../app/format.ts';
import * as text from '../text/index.ts';

type Tariff = Resource<'Tariff'>;

/** The allowance of a tariff in words. */
export function describeAllowance({ allowanceBytes, pooling }: Pick<Tariff, 'allowanceBytes' | 'pooling'>): string {
  return text.tariffs.allowance(formatBytes(allowanceBytes), text.tariffs.pooling[pooling]);
}

/** Tariffs as choices of a form, with their allowance and price. */
export function tariffOptions(tariffs: readonly Tariff[]): { value: string; label: string; description: string }[] {
  return tariffs.map((tariff) => ({
    value: tariff.id,
    label: tariff.name,
    description: `${describeAllowance(tariff)}, ${formatPrice(tariff.monthlyPrice)}`,
  }));
}

export const formatPrice = ({ amount, currency }: Tariff['monthlyPrice']): string => `${amount} ${currency}`;
