import { allOperators } from '../../adapters/dynamodb/operators.ts';
import { upsertPartner } from '../../adapters/dynamodb/partners.ts';
import type { PartnerId } from '../../domain/ids.ts';
import { isPartnerId, type Partner, type PartnerDetails } from '../../domain/partner.ts';
import { invalidInput } from '../refusal.ts';

/**
 * Creates a partner with a holding service for each operator, or replaces its details.
 *
 * @param precondition receives the partner before the write, `undefined` when it is new. Throws to prevent the write.
 * @returns the partner, and the partner before the write.
 * @throws Refusal `invalid_input` for a malformed id
 */
export async function savePartner(
  partnerId: PartnerId,
  details: PartnerDetails,
  { now, precondition }: { now: Date; precondition: (before: Partner | undefined) => void },
): Promise<{ partner: Partner; before: Partner | undefined }> {
  if (!isPartnerId(partnerId)) {
    throw invalidInput([
      {
        pointer: '/path/partnerId',
        code: 'invalid_format',
        message:
          'partnerId must have 1 to 64 letters, digits, dots, dashes and underscores, and start with a letter or digit.',
      },
    ]);
  }
  return upsertPartner(partnerId, details, await allOperators(), now.toISOString(), precondition);
}
