import type { Operation } from '../../session/caller.ts';

/** The operations that read what the ids of SIMs stand for. */
const namedBy = {
  operatorId: 'listOperators',
  customerId: 'listCustomers',
  partnerServiceId: 'listPartnerServices',
  orderId: 'getOrder',
} as const satisfies Readonly<Record<string, Operation>>;

const isNamed = (property: string): property is keyof typeof namedBy => property in namedBy;

/** Whether users see a property of SIMs. One that is an id to them, because they cannot read its name, would tell them nothing. */
export function isPropertyShown(property: string, can: (operation: Operation) => boolean): boolean {
  return !isNamed(property) || can(namedBy[property]);
}
