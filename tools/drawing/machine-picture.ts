import * as z from 'zod';

/** The parts of a state machine's definition that the picture shows. */
export const definitionSchema = z.object({
  StartAt: z.string(),
  States: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Next: z.string().optional(),
      Default: z.string().optional(),
      Choices: z.array(z.object({ Next: z.string(), StringEquals: z.string().optional() })).optional(),
    }),
  ),
});

export type Definition = z.infer<typeof definitionSchema>;

/**
 * Draws a state machine as a Mermaid flow chart: every state that does work and the transitions between them, with the values that
 * choose them. Omits loops inside a stage, and transitions to failure, which lead from every state to the same one.
 */
export function machinePicture({ StartAt, States }: Definition): string {
  const steps = Object.entries(States).filter(([name, { Type }]) => Type !== 'Choice' && !endsInFailure(States, name));
  const transitions = steps.flatMap(([name, state]) =>
    state.Next ? transitionsTo(States, state.Next).map((way) => ({ from: name, ...way })) : [],
  );
  const entrances = transitionsTo(States, StartAt).map(({ to, label }) => `${label}((${label})) --> ${to}`);
  const lines = transitions
    .filter(({ to }) => States[to]?.Type !== 'Fail')
    .map(({ from, to, label }) => `${from} -->${label ? `|"${label}"|` : ''} ${to}`);
  return ['flowchart TD', ...[...entrances, ...lines].map((line) => `  ${line}`)].join('\n');
}

type Transition = { to: string; label: string };

/** Resolves a transition: to a state, or through a choice to several, each with the value that chooses it. */
function transitionsTo(states: Definition['States'], name: string): Transition[] {
  const state = states[name];
  if (state?.Type !== 'Choice') {
    return [{ to: name, label: '' }];
  }
  const chosen = (state.Choices ?? []).map(({ Next: to, StringEquals = '' }) => ({ to, label: StringEquals }));
  return state.Default === undefined || endsInFailure(states, state.Default)
    ? chosen
    : [...chosen, { to: state.Default, label: '' }];
}

function endsInFailure(states: Definition['States'], name: string): boolean {
  const state = states[name];
  return (
    state?.Type === 'Fail' || (state?.Next !== undefined && state.Type !== 'Map' && endsInFailure(states, state.Next))
  );
}
