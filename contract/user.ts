import * as z from 'zod/mini';
import { roles } from '../domain/access.ts';
import { described } from '../domain/described.ts';
import { type User, userStates } from '../domain/user.ts';
import { namedSchema, showAs, time } from './fields.ts';

export const userSchema = namedSchema('User', () =>
  z.object({
    id: described(z.string(), 'The `sub` of the user’s tokens.'),
    email: z.string(),
    firstName: z.optional(z.string()),
    lastName: z.optional(z.string()),
    partnerId: described(z.optional(z.string()), 'Absent for users of the wholesaler.'),
    customerId: described(z.optional(z.string()), 'Present for users of a customer.'),
    roles: z.array(z.enum(roles)),
    state: described(z.enum(userStates), '`invited` until the first sign-in, `disabled` while `active` is false.'),
    active: described(z.boolean(), 'Whether the user can sign in.'),
    createdAt: time,
  }),
);

export const showUser = (user: User) => showAs(userSchema, { ...user, active: user.state !== 'disabled' });
