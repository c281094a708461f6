import * as z from 'zod';

/** As much of a state machine's definition as a picture shows. */
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
 * A state machine as a Mermaid flow chart: every state that does something and the ways between them, with the answers
 * that choose them. Left out are the loops inside a stage, and the ways into failure, which lead from every state to the
 * same one.
 */
export function machinePicture({ StartAt, States }: Definition): string {
  const steps = Object.entries(States).filter(([name, { Type }]) => Type !== 'Choice' && !endsInFailure(States, name));
  const ways = steps.flatMap(([name, state]) =>
    state.Next ? waysTo(States, state.Next).map((way) => ({ from: name, ...way })) : [],
  );
  const entrances = waysTo(States, StartAt).map(({ to, label }) => `${label}((${label})) --> ${to}`);
  const lines = ways
    .filter(({ to }) => States[to]?.Type !== 'Fail')
    .map(({ from, to, label }) => `${from} -->${label ? `|"${label}"|` : ''} ${to}`);
  return ['flowchart TD', ...[...entrances, ...lines].map((line) => `  ${line}`)].join('\n');
}

type Way = { to: string; label: string };

/** Where a way leads: to a state, or through a choice to several, each with the answer that chooses it. */
function waysTo(states: Definition['States'], name: string): Way[] {
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
