import { differenceFields, type Seen } from '../../domain/difference.ts';
import { asId, type OperationId } from '../../domain/ids.ts';
import { type Sim, type SimEvent, type SimState, simStates } from '../../domain/sim.ts';
import type { EventType } from '../../domain/webhook.ts';

/**
 * A stored step in the history of a SIM, in half of the bytes that attributes would take:
 * `<version> <milliseconds since 1970> <type without "sim."> <new state, or -> <operation, or @ and the actor>`. The type
 * `differs` is followed by the difference.
 *
 * A step that cleared the label or tags has a preceding line of the type `cleared`, with the same version and the cleared
 * values as JSON instead of the actor.
 */
export type StoredStep = string;

const TYPE_PREFIX = 'sim.';
const NO_STATE = '-';
const ACTOR = '@';
const CLEARED = 'cleared';

/** The event of a change of label, tags or fields. */
export const LABELLED = `${TYPE_PREFIX}labelled`;

/**
 * The steps of SIMs that are events although the SIM may keep its state. The stream's filter recognises them by the attribute `announces`,
 * which an item has until its next step.
 */
export const announcedSteps: ReadonlySet<string> = new Set(['sim.differs', 'sim.replaced'] satisfies EventType[]);
const LABELLED_STEP = 'labelled';

export function encodeStep({ version, at, type, to, operationId, actor, difference }: SimEvent): StoredStep {
  const by = operationId ?? `${ACTOR}${actor ?? ''}`;
  const stored = type.slice(TYPE_PREFIX.length) + (difference ? encodeDifference(difference) : '');
  return [version, Date.parse(at), stored, to ?? NO_STATE, by].join(' ');
}

/** A difference follows its type: `differs:<field>:<ours>:<theirs>`. None of them has a colon or a blank. */
const encodeDifference = ({ field, ours = '', theirs }: Seen) => `:${field}:${ours}:${theirs}`;

function decodeType(stored: string): Pick<SimEvent, 'type' | 'difference'> {
  const [type = '', name, ours = '', theirs = ''] = stored.split(':');
  const field = differenceFields.find((known) => known === name);
  return {
    type: `${TYPE_PREFIX}${type}`,
    ...(field === undefined ? {} : { difference: { field, ...(ours === '' ? {} : { ours }), theirs } }),
  };
}

/** The lines of a step: its own, preceded by the line with the values that it cleared, if any. */
export function encodeSteps(event: SimEvent): [StoredStep, ...StoredStep[]] {
  const { version, at, cleared } = event;
  return cleared === undefined
    ? [encodeStep(event)]
    : [[version, Date.parse(at), CLEARED, NO_STATE, `${ACTOR}${JSON.stringify(cleared)}`].join(' '), encodeStep(event)];
}

const isCleared = (step: StoredStep) => step.split(' ', 3)[2] === CLEARED;

/** The cleared values, by the version of their step. Safe: only `encodeSteps` writes the JSON. */
function clearedBy(stored: readonly StoredStep[]): Map<number, SimEvent['cleared']> {
  return new Map(
    stored.filter(isCleared).map((step) => [versionOf(step), JSON.parse(agentOf(step).slice(ACTOR.length))]),
  );
}

/** The operation of the last step that an operation made, apart from labels. */
export function lastOperationId(history: readonly StoredStep[]): OperationId | undefined {
  const step = history.findLast(isByOperation);
  return step === undefined ? undefined : asId('operation', agentOf(step));
}

/**
 * Whether an operation made a step that continues or ends its work on the SIM. Changes of label, tags and fields do not count: they
 * may come between two steps of another operation.
 */
export function isByOperation(step: StoredStep): boolean {
  return !agentOf(step).startsWith(ACTOR) && step.split(' ', 3)[2] !== LABELLED_STEP;
}

/** The version of the SIM after a step. */
export function versionOf(step: StoredStep): number {
  return Number(step.slice(0, step.indexOf(' ')));
}

function arrivalOf({ createdAt: at, imported }: Pick<Sim, 'createdAt' | 'imported'>): SimEvent {
  return imported
    ? { version: 1, at, type: 'sim.imported', to: imported.state, actor: imported.by }
    : { version: 1, at, type: 'sim.received', to: 'in_holding' };
}

/** The history of a SIM from its stored steps, each once, oldest first. Its arrival is not stored; the SIM itself shows it. */
export function decodeHistory(sim: Pick<Sim, 'createdAt' | 'imported'>, stored: readonly StoredStep[]): SimEvent[] {
  const byVersion = new Map(stored.filter((step) => !isCleared(step)).map((step) => [versionOf(step), step]));
  const cleared = clearedBy(stored);
  const events = [arrivalOf(sim)];
  let state: SimState = sim.imported?.state ?? 'in_holding';
  for (const [version, step] of [...byVersion].sort(([a], [b]) => a - b)) {
    const [, ms, type = '', led] = step.split(' ', 4);
    const by = agentOf(step);
    const to = simStates.find((known) => known === led);
    events.push({
      version,
      at: new Date(Number(ms)).toISOString(),
      ...decodeType(type),
      ...(to ? { from: state, to } : {}),
      ...(by.startsWith(ACTOR) ? { actor: by.slice(ACTOR.length) } : { operationId: asId('operation', by) }),
      ...(cleared.has(version) ? { cleared: cleared.get(version) } : {}),
    });
    state = to ?? state;
  }
  return events;
}

/** The operation or actor of a step: the text after the fourth blank, which may itself contain blanks. */
function agentOf(step: StoredStep): string {
  return /^(?:\S+ ){4}(.*)$/s.exec(step)?.[1] ?? '';
}
