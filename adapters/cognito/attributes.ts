/** The attributes that name the owner of a user. No client may write them: `infra/identity-stack.ts`. */
export const attributes = { partnerId: 'partner_id', customerId: 'customer_id' } as const;

/** The name of a custom attribute everywhere except in its declaration. */
export const custom = (attribute: (typeof attributes)[keyof typeof attributes]) => `custom:${attribute}` as const;
