import * as z from 'zod/mini';
import type { SimConnectivity } from '../domain/connectivity.ts';
import { described } from '../domain/described.ts';
import { namedSchema, showAs, time } from './fields.ts';

export const connectivitySchema = namedSchema('Connectivity', () =>
  z.object({
    status: described(
      z.enum(['connected', 'disconnected', 'unknown']),
      'Whether the SIM has a data session. `unknown` if the operator reports no session.',
    ),
    since: described(z.optional(time), 'When the session began, or the last one ended.'),
    network: described(z.optional(z.string()), 'The network, as the operator names it.'),
    rat: described(z.optional(z.string()), 'The radio access technology, as the operator names it.'),
    ip: z.optional(z.string()),
    imei: described(
      z.optional(z.string()),
      'The device in which the operator last saw the SIM, as of the last comparison.',
    ),
    lastSeenAt: described(z.optional(time), 'When the SIM last had a session: now, or the end of the last one.'),
    askedAt: described(time, 'When the operator was asked.'),
  }),
);

export const showConnectivity = (connectivity: SimConnectivity) => showAs(connectivitySchema, connectivity);
