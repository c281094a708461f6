import { asId } from '../../domain/ids.ts';
import type { Key } from './item-kind.ts';
import { type ItemKind, itemKinds } from './item-kinds.ts';
import { ownerListKeys, partnerListKeys } from './keys.ts';
import { SHAPE } from './table.ts';

/** The attributes of an item, including its keys. */
export type Attributes = Record<string, unknown>;

/**
 * Upgrades an item from one shape to the next. It only adds attributes, because the previous release still reads the item during
 * a deployment and after a rollback. An item that was read from an index lacks some attributes.
 */
export type Upgrade = (item: Attributes) => Attributes;

/**
 * Kinds whose shape never changes. Some of them are created by updates, so that a new item could not be distinguished from one
 * of the first shape. Journal entries must not be changed.
 */
type Unversioned =
  | 'webhookQueue'
  | 'operatorHealth'
  | 'operatorCalls'
  | 'operatorTurns'
  | 'journalEntry'
  | 'requestCount';

/** The upgrades of each kind, from its first shape to the newest. */
type Upgrades = Readonly<Partial<Record<Exclude<ItemKind, Unversioned>, readonly Upgrade[]>>>;

/** Functions that write and read items in the newest shape. */
export function upgradeChain(upgrades: Upgrades) {
  // Object.entries loses the type of the keys.
  const kinds = Object.entries(upgrades) as [ItemKind, readonly Upgrade[]][];
  const upgradesOf = (key: Key) => kinds.find(([kind]) => itemKinds[kind].matches(key))?.[1] ?? [];
  return {
    /** Adds the number of the newest shape to an item that is written, unless that is the first. */
    withShapeNumber<Item extends Attributes & Key>(item: Item): Item & Attributes {
      const { length } = upgradesOf(item);
      return length === 0 ? item : { ...item, [SHAPE]: length + 1 };
    },

    /**
     * Upgrades an item that was read to the newest shape, and removes the shape number. Items of a later release stay unchanged:
     * they have every attribute that this release knows.
     */
    upgradeItem({ [SHAPE]: shape = 1, ...item }: Attributes): Attributes {
      return upgradesOf({ pk: String(item.pk), sk: String(item.sk) })
        .slice(Number(shape) - 1)
        .reduce((before, upgrade) => upgrade(before), item);
    },

    /** Whether an item is stored in an earlier shape than the newest. */
    isOutdated({ pk, sk, [SHAPE]: shape = 1 }: Attributes): boolean {
      return Number(shape) <= upgradesOf({ pk: String(pk), sk: String(sk) }).length;
    },
  };
}

/** To change the shape of a kind, append an upgrade to its list: docs/changes.md. */
export const { withShapeNumber, upgradeItem, isOutdated } = upgradeChain({
  // Partners are listed by the platform.
  partner: [(item) => ({ ...item, ...partnerListKeys(asId('partner', String(item.id))) })],
  // Services that never had a SIM had no count.
  partnerService: [(item) => ({ ...item, sims: item.sims ?? 0 })],
  // SIMs are found by the end of their ICCID.
  simOwner: [(item) => ({ ...item, ...ownerListKeys(asId('partner', String(item.partnerId)), String(item.iccid)) })],
});
