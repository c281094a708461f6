import type { Seen } from './difference.ts';
import type { Iccid } from './iccid.ts';
import type { CustomerId, CustomerServiceId, OperationId, OperatorId, OrderId, PartnerServiceId } from './ids.ts';
import type { TermStart } from './minimum-term.ts';
import { laterOf } from './moment.ts';

import type { ReplacementClaim } from './replacement.ts';
import { holdingServiceId } from './service.ts';
import { changeFields, type FieldsChange, type SimFields } from './sim-fields.ts';
import type { ListedSim } from './sim-manifest.ts';

/** The states of a SIM, in the order of its life. */
export const simStates = [
  'in_holding',
  'in_stock',
  'assigned',
  'activating',
  'testing',
  'active',
  'suspended',
  'terminated',
] as const;

export type SimState = (typeof simStates)[number];

/** The states of a SIM that has a customer. */
export const statesWithCustomer = [
  'assigned',
  'activating',
  'testing',
  'active',
  'suspended',
  'terminated',
] as const satisfies readonly SimState[];

/** A bar that blocks the SIM's data at the operator. */
export type Bar = { type: 'data'; reason: string; since: string };

/** The state and services of a SIM at its import, and the user who imported it. */
export type ImportedPlace = {
  state: SimState;
  partnerServiceId: PartnerServiceId;
  customerId?: CustomerId;
  customerServiceId?: CustomerServiceId;
  by: string;
};

/** The changes that a SIM can wait for. */
export const pendingActions = ['activate', 'test', 'suspend', 'resume', 'unassign', 'terminate'] as const;

/** A change that the SIM's operator has been asked for and has not confirmed yet. Until then the SIM keeps its state. */
export type PendingChange = {
  action: (typeof pendingActions)[number];
  since: string;
  operationId: OperationId;
};

/** A part of a SIM's naming: its label, all of its tags, one of them, or a field. */
export type Naming = 'label' | 'tags' | `tag:${string}` | `field:${string}`;

export type Sim = {
  iccid: Iccid;
  /** Absent when the operator's list did not have it. */
  imsi?: string;
  msisdn?: string;
  imei?: string;
  /** The number of an embedded SIM's chip. */
  eid?: string;
  operatorId: OperatorId;
  /** Absent for SIMs of an imported fleet. */
  orderId?: OrderId;
  /** How the SIM began here, if it did not arrive with an order: its place at the import. */
  imported?: ImportedPlace;
  state: SimState;
  bars: readonly Bar[];
  /** The pending activation of an assigned SIM is the state `activating` instead. */
  pendingChange?: PendingChange;
  partnerServiceId: PartnerServiceId;
  customerId?: CustomerId;
  customerServiceId?: CustomerServiceId;
  label?: string;
  tags: readonly string[];
  /** Absent when the SIM has none. */
  fields?: SimFields;
  /** A replacement that is under way, or stopped. */
  replacing?: ReplacementClaim;
  /** The SIM that replaced this one, and the SIM that this one replaced. */
  replacedBy?: Iccid;
  replaces?: Iccid;
  /** For an unassigned SIM: its last customer, and which of label, tags and fields date from that assignment. */
  formerCustomer?: { customerId: CustomerId; naming: readonly Naming[] };
  /** The days on which it was first active on its present services. Absent before its activation, and while `stateChangedAt` shows them. */
  termStart?: TermStart;
  stateChangedAt: string;
  createdAt: string;
  updatedAt: string;
  /** Increases by one with every change. */
  version: number;
};

/** The reason of the bar that every SIM is delivered with; activation removes it. */
export const NOT_ACTIVATED = 'not_activated';

/** A newly delivered SIM: in the holding service of its operator, barred, without a customer. */
export function newSimInHolding(
  { iccid, imsi, msisdn, imei, eid }: ListedSim,
  order: { id: OrderId; operatorId: OperatorId },
  at: string,
): Sim {
  return {
    iccid,
    ...(imsi === undefined ? {} : { imsi }),
    ...(msisdn === undefined ? {} : { msisdn }),
    ...(imei === undefined ? {} : { imei }),
    ...(eid === undefined ? {} : { eid }),
    operatorId: order.operatorId,
    orderId: order.id,
    state: 'in_holding',
    bars: [{ type: 'data', reason: NOT_ACTIVATED, since: at }],
    partnerServiceId: holdingServiceId(order.operatorId),
    tags: [],
    stateChangedAt: at,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

/** An entry of a SIM's timeline. */
export type SimEvent = {
  /** The version of the SIM after the step. */
  version: number;
  at: string;
  type: string;
  from?: SimState;
  to?: SimState;
  /** The operation that took the step. Its `requestedBy` is the user. */
  operationId?: OperationId;
  /** Who took the step, if not an operation. */
  actor?: string;
  /** What a comparison with the operator found. */
  difference?: Seen | undefined;
  /** The label, tags and fields of a former customer that the step removed. */
  cleared?: { label?: string; tags?: readonly string[]; fields?: SimFields } | undefined;
};

/** Removes the customer from a SIM, and records which of label, tags and fields date from that customer. */
export function detachCustomer({ customerId, customerServiceId: _service, formerCustomer: _former, ...sim }: Sim): Sim {
  const naming: Naming[] = [
    ...(sim.label === undefined ? [] : (['label'] as const)),
    ...(sim.tags.length > 0 ? (['tags'] as const) : []),
    ...Object.keys(sim.fields ?? {}).map(fieldNaming),
  ];
  return customerId === undefined || naming.length === 0 ? sim : { ...sim, formerCustomer: { customerId, naming } };
}

const fieldNaming = (name: string): Naming => `field:${name}`;
const tagNaming = (tag: string): Naming => `tag:${tag}`;

/**
 * Prepares a SIM for its next customer. Clears a label, tags and fields that date from another customer, because they may contain
 * that customer's data. Keeps those that were set while the SIM had no customer. Clears which SIM it replaced: that one is its former
 * customer's.
 */
export function attachCustomer(given: Sim, customerId: CustomerId): Sim {
  const { replaces: _former, ...unlinked } = given;
  const { formerCustomer, ...sim }: Sim = given.customerId === customerId ? given : unlinked;
  if (!formerCustomer || formerCustomer.customerId === customerId) {
    return sim;
  }
  const isForeign = (naming: Naming) => formerCustomer.naming.includes(naming);
  const { label, fields, ...rest } = sim;
  const kept = Object.entries(fields ?? {}).filter(([name]) => !isForeign(fieldNaming(name)));
  return {
    ...rest,
    ...(label === undefined || isForeign('label') ? {} : { label }),
    tags: isForeign('tags') ? [] : sim.tags.filter((tag) => !isForeign(tagNaming(tag))),
    ...(kept.length === 0 ? {} : { fields: Object.fromEntries(kept) }),
  };
}

/** A change of a SIM's label, tags and fields. `null` removes; omitted parts stay. */
export type NamingChange = {
  label?: string | null | undefined;
  tags?: readonly string[] | null | undefined;
  /** Added to the tags, or removed from them. */
  addTags?: readonly string[] | undefined;
  removeTags?: readonly string[] | undefined;
  fields?: FieldsChange | null | undefined;
};

/** Whether `relabel` changed nothing but the time and the version. */
export function hasSameNaming(before: Sim, after: Sim): boolean {
  const [one, other] = [before, after].map(({ label, tags, fields, formerCustomer }) =>
    JSON.stringify([label ?? null, tags, Object.entries(fields ?? {}).sort(), formerCustomer?.naming ?? null]),
  );
  return one === other;
}

/** Changes the label, tags and fields of a SIM. */
export function relabel(sim: Sim, change: NamingChange, at: string): Sim {
  const { label: before, fields: fieldsBefore, formerCustomer, ...rest } = sim;
  const { label, fields } = change;
  const naming = formerCustomer?.naming.flatMap((part) => stillFormer(part, sim, change)) ?? [];
  const labelAfter = label === undefined ? before : (label ?? undefined);
  const fieldsAfter = fields === undefined ? fieldsBefore : changeFields(fieldsBefore, fields);
  return {
    ...rest,
    ...(labelAfter === undefined ? {} : { label: labelAfter }),
    tags: changeTags(sim.tags, change),
    ...(fieldsAfter === undefined ? {} : { fields: fieldsAfter }),
    ...(formerCustomer && naming.length > 0 ? { formerCustomer: { ...formerCustomer, naming } } : {}),
    updatedAt: laterOf(sim.updatedAt, at),
    version: sim.version + 1,
  };
}

/** The tags after a change. Added tags follow the others. */
function changeTags(
  current: readonly string[],
  { tags, addTags = [], removeTags = [] }: NamingChange,
): readonly string[] {
  const base = tags === undefined ? current : (tags ?? []);
  const isSame = addTags.length === 0 && removeTags.length === 0;
  return isSame ? base : [...new Set([...base.filter((tag) => !removeTags.includes(tag)), ...addTags])];
}

/** What of a former customer's naming a change leaves: a part that the change sets or removes is the partner's own from then on. */
function stillFormer(
  part: Naming,
  sim: Sim,
  { label, tags, addTags = [], removeTags = [], fields }: NamingChange,
): Naming[] {
  const touched = [...addTags, ...removeTags];
  if (part === 'label') {
    return label === undefined ? [part] : [];
  }
  if (part === 'tags') {
    if (tags !== undefined || touched.length === 0) {
      return tags === undefined ? [part] : [];
    }
    return sim.tags.filter((tag) => !touched.includes(tag)).map(tagNaming);
  }
  const isTouched = part.startsWith('tag:')
    ? tags !== undefined || touched.some((tag) => tagNaming(tag) === part)
    : fields === null || Object.keys(fields ?? {}).some((name) => fieldNaming(name) === part);
  return isTouched ? [] : [part];
}
