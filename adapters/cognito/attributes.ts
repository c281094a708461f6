/** The attributes of a user of the pool that say whose he is. No client may write them: `infra/identity-stack.ts`. */
export const attributes = { partnerId: 'partner_id', customerId: 'customer_id' } as const;

/** How an attribute of one's own is called, other than where it is declared. */
export const custom = (attribute: (typeof attributes)[keyof typeof attributes]) => `custom:${attribute}` as const;
