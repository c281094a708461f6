import { expect } from '@jest/globals';
import type { Json, Resource, Template, Templates, Wanted } from './synthesis.ts';

export type { Resource, Template } from './synthesis.ts';

/** The stacks of a stage. Without `identity` another issuer signs the tokens, without `sandbox` operators are real. */
export type SynthesisedStage = Record<'data' | 'service', Template> &
  Record<'identity' | 'sandbox' | 'console', Template | undefined> & { terminationProtected: readonly string[] };

/** The templates of a stage, with bundles that hold nothing: no test here runs them. */
export async function synthesised(
  context: Readonly<Record<string, string>> = {},
  { validate = false } = {},
): Promise<SynthesisedStage> {
  const { templates, terminationProtected } = await ask({ of: 'stage', context, validate });
  const { data, identity, sandbox, service, console } = templates;
  if (!data || !service) throw new Error('A stage has data and a service');
  return { data, identity, sandbox, service, console, terminationProtected };
}

const connectionArn = 'arn:aws:codeconnections:eu-west-2:123456789012:connection/abc';

/** A pipeline: the same for all test files, so that it is synthesised once. */
export const pipelineProps = {
  repository: 'acme/sim-fulfilment',
  branch: 'main',
  connectionArn,
  context: { repository: 'acme/sim-fulfilment', connectionArn, alarmEmail: 'oncall@acme.net' },
};

/** The templates of the pipeline and of its roles on each stage, once they have passed their checks. */
export async function synthesisedPipeline(
  props: Extract<Wanted, { of: 'pipeline' }>['props'],
): Promise<Record<'pipeline' | 'staging' | 'production', Template>> {
  const { templates } = await ask({ of: 'pipeline', props });
  const { pipeline, staging, production } = templates;
  if (!pipeline || !staging || !production) throw new Error('A pipeline has roles on staging and production');
  return { pipeline, staging, production };
}

async function ask(wanted: Wanted): Promise<Templates> {
  const response = await fetch(process.env.SYNTHESIS ?? '', { method: 'POST', body: JSON.stringify(wanted) });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  // Safe: synthesis.ts answers so.
  return JSON.parse(text) as Templates;
}

/** The resources of a type, by their logical id. */
export function resourcesOf({ Resources }: Template, type: string): Map<string, Resource> {
  return new Map(Object.entries(Resources).filter(([, { Type }]) => Type === type));
}

/** Expects a resource of a type that has at least this: objects may hold more, lists not. */
export function expectResource(template: Template, type: string, atLeast: Readonly<Record<string, unknown>>): void {
  expect([...resourcesOf(template, type).values()]).toEqual(expect.arrayContaining([atLeastLike(atLeast)]));
}

function atLeastLike(wanted: unknown): unknown {
  const isPlain = typeof wanted === 'object' && wanted !== null && Object.getPrototypeOf(wanted) === Object.prototype;
  return isPlain
    ? expect.objectContaining(
        Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, atLeastLike(value)])),
      )
    : wanted;
}

/** The definition of the state machine as Step Functions is given it, every function's ARN in its place. */
export function definitionOf(service: Template): StateMachineDefinition {
  const [machine] = resourcesOf(service, 'AWS::StepFunctions::StateMachine').values();
  const definition: unknown = JSON.parse(resolved(machine?.Properties.DefinitionString));
  // Whether it is a definition is what the validator is asked.
  return definition as StateMachineDefinition;
}

export type State = {
  Type: string;
  Resource?: string;
  Retry?: { ErrorEquals: string[]; JitterStrategy?: string }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  ItemProcessor?: StateMachineDefinition & { ProcessorConfig: { Mode: string } };
  QueryLanguage?: string;
};
export type StateMachineDefinition = { StartAt: string; States: { [name: string]: State } };

function resolved(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (value && typeof value === 'object' && !Array.isArray(value)) {
    if (value.Ref === 'AWS::Partition') return 'aws';
    const join = value['Fn::Join'];
    if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map(resolved).join('');
    const attribute = value['Fn::GetAtt'];
    if (Array.isArray(attribute)) return `arn:aws:lambda:eu-west-1:123456789012:function:${String(attribute[0])}`;
  }
  throw new Error(`Cannot resolve ${JSON.stringify(value)}`);
}
