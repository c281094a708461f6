import type { DataSession } from './operator-port.ts';
import type { Sim } from './sim.ts';

/** The data session of a SIM, and when its operator was asked. Times are RFC 3339, UTC. */
export type SimConnectivity = DataSession & {
  imei?: string | undefined;
  lastSeenAt?: string | undefined;
  askedAt: string;
};

/** What an operator reports about a SIM. A connected SIM was last seen now, any other at the end of its last session. */
export function connectivityOf({ imei }: Pick<Sim, 'imei'>, session: DataSession, askedAt: string): SimConnectivity {
  const lastSeenAt = session.status === 'connected' ? askedAt : session.since;
  return {
    ...session,
    ...(imei === undefined ? {} : { imei }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    askedAt,
  };
}
