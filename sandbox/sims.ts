import * as z from 'zod';
import { DAY_MS } from '../domain/time-units.ts';
import type { Behaviour } from './behaviour.ts';

/** The stored state of a card that has changed since delivery. A card without one is barred. */
export const simStandingSchema = z.union([
  z.strictObject({ activeFrom: z.number().describe('Milliseconds since 1970; until then the removal is under way') }),
  z.strictObject({ refused: z.string() }),
  z.strictObject({ terminated: z.literal(true) }),
  z.strictObject({
    changesAt: z.number().describe('Milliseconds since 1970; until then the change is under way'),
    to: z.enum(['barred', 'active', 'terminated']),
    refused: z.string().optional().describe('Why the change is refused at that time'),
  }),
]);

export type SimStanding = z.infer<typeof simStandingSchema>;

export const simStatuses = ['barred', 'pending', 'active', 'refused', 'terminated'] as const;

/** The operator's representation of a SIM. */
export type SimState = { status: (typeof simStatuses)[number]; reason?: string };

/** The result of a request: the card's new standing, undefined for barred, and the answer. */
export type Change = { standing: SimStanding | undefined; answer: SimState };

export const TERMINATED: SimState = { status: 'refused', reason: 'The subscription is terminated' };
export const NOT_OURS: SimState = { status: 'refused', reason: 'Not a SIM of this account' };

/** The state of a card at a time. */
export function simStateAt(standing: SimStanding | undefined, now: Date): SimState {
  if (standing === undefined) {
    return { status: 'barred' };
  }
  if ('terminated' in standing) {
    return { status: 'terminated' };
  }
  if ('changesAt' in standing) {
    if (now.getTime() < standing.changesAt) {
      return { status: 'pending' };
    }
    return standing.refused === undefined ? { status: standing.to } : { status: 'refused', reason: standing.refused };
  }
  if ('refused' in standing) {
    return { status: 'refused', reason: standing.refused };
  }
  return { status: now.getTime() >= standing.activeFrom ? 'active' : 'pending' };
}

/** Requests an activation. A refused card may be requested again; a pending one keeps its time. */
export function activate(
  iccid: string,
  standing: SimStanding | undefined,
  now: Date,
  { activationDelayDays }: Behaviour,
  refused: ReadonlySet<string>,
): Change {
  if (standing !== undefined && 'terminated' in standing) {
    return { standing, answer: TERMINATED };
  }
  if (standing !== undefined && 'activeFrom' in standing) {
    return { standing, answer: simStateAt(standing, now) };
  }
  const next: SimStanding = refused.has(iccid)
    ? { refused: 'The operator does not activate this SIM' }
    : { activeFrom: now.getTime() + activationDelayDays * DAY_MS };
  return { standing: next, answer: simStateAt(next, now) };
}

/** Sets or removes the bar, or terminates the subscription permanently. A change that is under way keeps its time. */
export function changeCard(
  iccid: string,
  standing: SimStanding | undefined,
  to: 'barred' | 'active' | 'terminated',
  now: Date,
  { changeDelayDays, refuseChanges }: Pick<Behaviour, 'changeDelayDays' | 'refuseChanges'>,
): Change {
  const state = simStateAt(standing, now);
  if (state.status === to) {
    return { standing, answer: state };
  }
  if (state.status === 'terminated') {
    return { standing, answer: TERMINATED };
  }
  if (state.status === 'pending' && standing !== undefined && 'changesAt' in standing && standing.to === to) {
    return { standing, answer: state };
  }
  const refused = refuseChanges.includes(iccid) ? 'The operator does not change this SIM' : undefined;
  const changesAt = now.getTime() + changeDelayDays * DAY_MS;
  const next = settled({ changesAt, to, ...(refused === undefined ? {} : { refused }) }, now);
  return { standing: next, answer: simStateAt(next, now) };
}

/** The short form of a standing whose change is complete. */
export function settled(standing: SimStanding | undefined, now: Date): SimStanding | undefined {
  if (standing === undefined || !('changesAt' in standing) || standing.refused !== undefined) {
    return standing;
  }
  if (now.getTime() < standing.changesAt) {
    return standing;
  }
  switch (standing.to) {
    case 'barred':
      return undefined;
    case 'active':
      return { activeFrom: standing.changesAt };
    case 'terminated':
      return { terminated: true };
  }
}
