import { type Sim, type SimEvent, type SimState, simStates } from '../../domain/sim.ts';

/**
 * A step in the life of a SIM as its item keeps it, in half of the bytes that attributes would take:
 * `<version> <milliseconds since 1970> <type without "sim."> <state that it led to, or -> <operation, or @ and the actor>`.
 */
export type KeptStep = string;

const TYPE_PREFIX = 'sim.';
const NO_STATE = '-';
const ACTOR = '@';

export function keepStep({ version, at, type, to, operationId, actor }: SimEvent): KeptStep {
  const by = operationId ?? `${ACTOR}${actor ?? ''}`;
  return [version, Date.parse(at), type.slice(TYPE_PREFIX.length), to ?? NO_STATE, by].join(' ');
}

/** The operation that took the last step which one took. */
export function lastMover(history: readonly KeptStep[]): string | undefined {
  const step = history.findLast(isByOperation);
  return step === undefined ? undefined : byOf(step);
}

export function isByOperation(step: KeptStep): boolean {
  return !byOf(step).startsWith(ACTOR);
}

/** The version of the SIM that a step made. */
export function versionOf(step: KeptStep): number {
  return Number(step.slice(0, step.indexOf(' ')));
}

/** The life of a SIM from its steps, each told once, oldest first. Its arrival is not kept: the SIM itself tells of it. */
export function readHistory(sim: Pick<Sim, 'createdAt'>, kept: readonly KeptStep[]): SimEvent[] {
  const byVersion = new Map(kept.map((step) => [versionOf(step), step]));
  const events: SimEvent[] = [{ version: 1, at: sim.createdAt, type: 'sim.received', to: 'in_holding' }];
  let state: SimState = 'in_holding';
  for (const [version, step] of [...byVersion].sort(([one], [other]) => one - other)) {
    const [, ms, type, led] = step.split(' ', 4);
    const by = byOf(step);
    const to = simStates.find((known) => known === led);
    events.push({
      version,
      at: new Date(Number(ms)).toISOString(),
      type: `${TYPE_PREFIX}${type}`,
      ...(to ? { from: state, to } : {}),
      ...(by.startsWith(ACTOR) ? { actor: by.slice(ACTOR.length) } : { operationId: by }),
    });
    state = to ?? state;
  }
  return events;
}

/** Who took a step: what stands behind the fourth blank, and may have blanks itself. */
function byOf(step: KeptStep): string {
  return /^(?:\S+ ){4}(.*)$/s.exec(step)?.[1] ?? '';
}
