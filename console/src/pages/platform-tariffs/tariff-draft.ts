import type { Resource } from '../../api/client.ts';

type Tariff = Resource<'Tariff'>;

/** The terms of a tariff in a request. */
export type TariffTerms = Omit<Tariff, 'id'>;

/** The units in which an allowance is typed, in bytes. */
export const units = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;

export type Unit = keyof typeof units;

/** A tariff while the user fills in the form. */
export type TariffDraft = {
  id: string;
  name: string;
  audience: Tariff['audience'];
  operatorIds: readonly string[];
  networks: string;
  allowance: string;
  unit: Unit;
  pooling: Tariff['pooling'];
  term: string;
  amount: string;
  currency: string;
};

export const emptyTariff: TariffDraft = {
  id: 'trf_',
  name: '',
  audience: 'partner',
  operatorIds: [],
  networks: '',
  allowance: '',
  unit: 'MB',
  pooling: 'per_sim',
  term: '0',
  amount: '',
  currency: 'EUR',
};

/** The largest unit in which a volume is a whole number. */
export function wholeUnit(bytes: number): { value: number; unit: Unit } {
  const names: Unit[] = ['TB', 'GB', 'MB', 'KB'];
  const unit = names.find((name) => bytes > 0 && bytes % units[name] === 0) ?? 'B';
  return { value: bytes / units[unit], unit };
}

/** The bytes of a typed volume, which can have decimals; `undefined` when it is no number. */
export function bytesOf({ allowance, unit }: Pick<TariffDraft, 'allowance' | 'unit'>): number | undefined {
  const typed = allowance.trim().replace(',', '.');
  return /^\d+(\.\d+)?$/.test(typed) ? Math.round(Number(typed) * units[unit]) : undefined;
}

/** The form of an existing tariff. */
export function toTariffDraft(tariff: Tariff): TariffDraft {
  const { id, name, audience, operatorIds, networks, allowanceBytes, pooling, minimumTermMonths, monthlyPrice } =
    tariff;
  const { value, unit } = wholeUnit(allowanceBytes);
  return {
    id,
    name,
    audience,
    operatorIds,
    networks: networks.join(', '),
    allowance: String(value),
    unit,
    pooling,
    term: String(minimumTermMonths),
    ...monthlyPrice,
  };
}

/** What was typed as a request; `undefined` while a number is missing. The API checks everything else. */
export function toTariffTerms(draft: TariffDraft): TariffTerms | undefined {
  const allowanceBytes = bytesOf(draft);
  if (allowanceBytes === undefined || !/^\d+$/.test(draft.term.trim())) {
    return undefined;
  }
  return {
    name: draft.name.trim(),
    audience: draft.audience,
    operatorIds: [...draft.operatorIds],
    networks: draft.networks
      .split(',')
      .map((network) => network.trim())
      .filter((network) => network !== ''),
    allowanceBytes,
    pooling: draft.pooling,
    minimumTermMonths: Number(draft.term),
    monthlyPrice: { amount: draft.amount.trim(), currency: draft.currency.trim().toUpperCase() },
  };
}
