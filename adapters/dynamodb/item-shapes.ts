import { type ItemKind, isOfKind } from './item-kinds.ts';
import { type Key, partnerListKeys } from './keys.ts';

/** What an item holds, its keys included. */
export type Attributes = Record<string, unknown>;

/**
 * Makes an item of one shape one of the next. It adds and keeps: the release before this one still reads the item, while
 * the two are deployed side by side and should this one be taken back. An entry of an index has not all of its attributes.
 */
export type Upgrade = (item: Attributes) => Attributes;

/**
 * Kinds that keep their shape: of some an update makes items, so that nobody could tell a new one from one of the first
 * shape; what is in a journal nobody may change.
 */
type Unversioned = 'webhookQueue' | 'operatorHealth' | 'operatorCalls' | 'journalEntry' | 'requestCount';

/** By kind, how its items came from their first shape to the newest. */
type Upgrades = Readonly<Partial<Record<Exclude<ItemKind, Unversioned>, readonly Upgrade[]>>>;

/** The attribute that numbers an item's shape. An item without it has the first one: so a SIM's item pays nothing for it. */
export const SHAPE = 'v';

/** Writes and reads the shapes that upgrades make. */
export function upgradeChain(upgrades: Upgrades) {
  // Object.entries forgets what the keys are.
  const kinds = Object.entries(upgrades) as [ItemKind, readonly Upgrade[]][];
  const upgradesOf = (key: Key) => kinds.find(([kind]) => isOfKind(kind, key))?.[1] ?? [];
  return {
    /** An item as it is put into the table: of the newest shape, and numbered so unless that is the first. */
    withShapeNumber<Item extends Attributes & Key>(item: Item): Item & Attributes {
      const { length } = upgradesOf(item);
      return length === 0 ? item : { ...item, [SHAPE]: length + 1 };
    },

    /**
     * An item as it was read, in the newest shape, without its number. One of a later release has all that this one
     * knows, and is taken as it is.
     */
    upgradeItem({ [SHAPE]: shape = 1, ...item }: Attributes): Attributes {
      return upgradesOf({ pk: String(item.pk), sk: String(item.sk) })
        .slice(Number(shape) - 1)
        .reduce((before, upgrade) => upgrade(before), item);
    },

    /** Whether an item has an earlier shape than the newest. */
    isOutdated({ pk, sk, [SHAPE]: shape = 1 }: Attributes): boolean {
      return Number(shape) <= upgradesOf({ pk: String(pk), sk: String(sk) }).length;
    },
  };
}

/** A change of a shape is an upgrade at the end of its kind's list: docs/changes.md. */
export const { withShapeNumber, upgradeItem, isOutdated } = upgradeChain({
  // The platform lists its partners.
  partner: [(item) => ({ ...item, ...partnerListKeys(String(item.id)) })],
  // A service that never had a SIM had no number of them.
  partnerService: [(item) => ({ ...item, sims: item.sims ?? 0 })],
});
