import * as z from 'zod/mini';
import { partnerRoles } from '../domain/access.ts';
import { described } from '../domain/described.ts';
import { namedSchema, time } from './fields.ts';

const machineClientFields = () => ({
  id: described(z.string(), 'The `client_id` for token requests.'),
  name: z.string(),
  partnerId: z.string(),
  roles: z.array(z.enum(partnerRoles)),
  scopes: described(z.array(z.string()), 'Scopes that a token request can name, one for each role.'),
  tokenUrl: described(z.string(), 'Token endpoint (OAuth 2.0 client credentials).'),
  createdAt: time,
});

export const machineClientSchema = namedSchema('Client', () => z.object(machineClientFields()));

export const rotatedMachineClientSchema = namedSchema('RotatedClient', () =>
  z.object({
    ...machineClientFields(),
    secret: described(z.string(), 'The new `client_secret` for token requests. Shown only once.'),
    previousSecretValidUntil: described(time, 'Until then the previous secret can be used, too.'),
  }),
);

export const newMachineClientSchema = namedSchema('NewClient', () =>
  z.object({
    ...machineClientFields(),
    secret: described(z.string(), 'The `client_secret` for token requests. Shown only once.'),
  }),
);
