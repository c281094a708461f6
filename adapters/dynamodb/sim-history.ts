import { type Sim, type SimEvent, type SimState, simStates } from '../../domain/sim.ts';

/**
 * A step in the life of a SIM as its item keeps it, in half of the bytes that attributes would take:
 * `<version> <milliseconds since 1970> <type without "sim."> <state that it led to, or -> <operation, or @ and the actor>`.
 *
 * A step that cleared label or tags has a line of the type `cleared` before its own, with the same version and what they
 * were, as JSON, in the place of the actor.
 */
export type StoredStep = string;

const TYPE_PREFIX = 'sim.';
const NO_STATE = '-';
const ACTOR = '@';
const CLEARED = 'cleared';

export function encodeStep({ version, at, type, to, operationId, actor }: SimEvent): StoredStep {
  const by = operationId ?? `${ACTOR}${actor ?? ''}`;
  return [version, Date.parse(at), type.slice(TYPE_PREFIX.length), to ?? NO_STATE, by].join(' ');
}

/** The lines of a step: its own, and before it what it cleared. */
export function encodeSteps(event: SimEvent): [StoredStep, ...StoredStep[]] {
  const { version, at, cleared } = event;
  return cleared === undefined
    ? [encodeStep(event)]
    : [[version, Date.parse(at), CLEARED, NO_STATE, `${ACTOR}${JSON.stringify(cleared)}`].join(' '), encodeStep(event)];
}

const isCleared = (step: StoredStep) => step.split(' ', 3)[2] === CLEARED;

/** What the lines say was cleared, by the version of the step. Only `keepSteps` writes them: the JSON is of that type. */
function clearedBy(kept: readonly StoredStep[]): Map<number, SimEvent['cleared']> {
  return new Map(
    kept.filter(isCleared).map((step) => [versionOf(step), JSON.parse(agentOf(step).slice(ACTOR.length))]),
  );
}

/** The operation that took the last step which one took. */
export function lastOperationId(history: readonly StoredStep[]): string | undefined {
  const step = history.findLast(isByOperation);
  return step === undefined ? undefined : agentOf(step);
}

export function isByOperation(step: StoredStep): boolean {
  return !agentOf(step).startsWith(ACTOR);
}

/** The version of the SIM that a step made. */
export function versionOf(step: StoredStep): number {
  return Number(step.slice(0, step.indexOf(' ')));
}

/** The life of a SIM from its steps, each told once, oldest first. Its arrival is not kept: the SIM itself tells of it. */
export function decodeHistory(sim: Pick<Sim, 'createdAt'>, kept: readonly StoredStep[]): SimEvent[] {
  const byVersion = new Map(kept.filter((step) => !isCleared(step)).map((step) => [versionOf(step), step]));
  const cleared = clearedBy(kept);
  const events: SimEvent[] = [{ version: 1, at: sim.createdAt, type: 'sim.received', to: 'in_holding' }];
  let state: SimState = 'in_holding';
  for (const [version, step] of [...byVersion].sort(([one], [other]) => one - other)) {
    const [, ms, type, led] = step.split(' ', 4);
    const by = agentOf(step);
    const to = simStates.find((known) => known === led);
    events.push({
      version,
      at: new Date(Number(ms)).toISOString(),
      type: `${TYPE_PREFIX}${type}`,
      ...(to ? { from: state, to } : {}),
      ...(by.startsWith(ACTOR) ? { actor: by.slice(ACTOR.length) } : { operationId: by }),
      ...(cleared.has(version) ? { cleared: cleared.get(version) } : {}),
    });
    state = to ?? state;
  }
  return events;
}

/** Who took a step: what stands behind the fourth blank, and may have blanks itself. */
function agentOf(step: StoredStep): string {
  return /^(?:\S+ ){4}(.*)$/s.exec(step)?.[1] ?? '';
}
