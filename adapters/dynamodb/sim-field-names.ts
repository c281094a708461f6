import type { PartnerId } from '../../domain/ids.ts';
import type { SimFieldNames } from '../../domain/sim-fields.ts';
import { absent, atVersion } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { get } from './reads.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { put } from './write-requests.ts';
import { writeIf } from './writes.ts';

const noNames: SimFieldNames = { names: [], formerNames: [], version: 0 };

/** The names of the fields of a partner's SIMs; none until the partner has chosen some. */
export async function getSimFieldNames(partnerId: PartnerId): Promise<SimFieldNames> {
  return (await get<SimFieldNames>(itemKinds.simFieldNames.key({ partnerId }))) ?? noNames;
}

/**
 * Replaces the names of the fields of a partner's SIMs.
 *
 * @param change returns `undefined` to leave them unchanged; may throw.
 * @throws ConditionFailed when another writer was faster each time.
 */
export async function changeSimFieldNames(
  partnerId: PartnerId,
  change: (before: SimFieldNames) => SimFieldNames | undefined,
): Promise<{ before: SimFieldNames; after: SimFieldNames }> {
  return retryOnConflict(async () => {
    const before = await getSimFieldNames(partnerId);
    const after = change(before);
    if (!after) {
      return { before, after: before };
    }
    const item = { ...after, ...itemKinds.simFieldNames.key({ partnerId }) };
    return (await writeIf(put(item, before.version === 0 ? absent : atVersion(before.version))))
      ? { before, after }
      : undefined;
  });
}
