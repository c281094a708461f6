import { randomInt } from 'node:crypto';
import { type Iccid, withCheckDigit } from '../../../domain/iccid.ts';
import { operatorByHand } from '../../../local/operator-settings.ts';
import type { ApiClient } from './api-client.ts';
import type { Partner } from './partner.ts';

/** An operator for which the platform's staff do everything by hand, with two products. */
export const settingsByHand = {
  ...operatorByHand,
  products: [...operatorByHand.products, { id: 'chip', name: 'Embedded SIM', formFactor: 'MFF2', default: false }],
} as const;

/** Grants a partner two tariffs that cover operators: `trf_<name>_partner` and `trf_<name>_customer`. */
export async function grantTariffs(
  platform: ApiClient,
  partner: Partner,
  name: string,
  operatorIds: readonly string[],
): Promise<void> {
  // The first request of a partner creates it on a local cloud.
  await partner.api.get('/v1/partner');
  for (const audience of ['partner', 'customer']) {
    const tariff = `trf_${name}_${audience}`;
    await platform.put(`/v1/platform/tariffs/${tariff}`, {
      name: `1 GB of ${name}`,
      operatorIds,
      networks: [name],
      allowanceBytes: 1_000_000_000,
      pooling: 'per_sim',
      minimumTermMonths: 0,
      monthlyPrice: { amount: '1.00', currency: 'EUR' },
      audience,
    });
    await platform.put(`/v1/platform/partners/${partner.id}/tariffs/${tariff}`);
  }
}

/** Files that run one after the other in a process share its number and, often, a cloud. */
const fileNumber = String(randomInt(100_000)).padStart(5, '0');
let numbers = 0;

/** ICCIDs that no other test has. */
export const newIccids = (count: number): Iccid[] =>
  Array.from({ length: count }, () => {
    numbers += 1;
    return withCheckDigit(`8949777${fileNumber}${String(numbers).padStart(6, '0')}`);
  });
