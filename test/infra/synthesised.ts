import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { resources } from '../../functions/api/routes.ts';
import { deployedEntries } from '../../infra/bundle-all.ts';
import { type Bundles, bundleName } from '../../infra/functions/bundles.ts';
import { simFulfilmentApp } from '../../infra/sim-fulfilment-app.ts';

// swc takes import attributes off, and Node wants one for JSON.
export const cdk: { context: Record<string, unknown> } = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
);

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Resource = { Properties: { [key: string]: Json }; DeletionPolicy?: string };

/** The templates of a stage, with bundles that hold nothing: no test here runs them. */
export async function synthesised(context: Readonly<Record<string, string>> = {}, { validate = false } = {}) {
  const outdir = mkdtempSync(path.join(tmpdir(), 'synthesised-'));
  const { app, data, identity, sandbox, service } = await simFulfilmentApp({
    resources,
    bundles: emptyBundles(outdir),
    outdir,
    context: { ...cdk.context, ...context },
    validate,
  });
  return {
    app,
    dataStack: data,
    data: Template.fromStack(data),
    identityStack: identity,
    identity: identity && Template.fromStack(identity),
    sandbox: sandbox && Template.fromStack(sandbox),
    service: Template.fromStack(service),
  };
}

export function emptyBundles(outdir: string): Bundles {
  const folder = mkdtempSync(path.join(outdir, 'bundle-'));
  writeFileSync(path.join(folder, 'index.mjs'), 'export const handler = async () => {};\n');
  return new Map(deployedEntries.map((entry) => [entry, { name: bundleName(entry), folder, bytes: 0, inputs: [] }]));
}

/** The resources of a type, by their logical id. */
export function resourcesOf(template: Template, type: string): Map<string, Resource> {
  // A resource of a template is JSON by nature; the CDK only says `any`.
  return new Map(Object.entries(template.findResources(type) as { [id: string]: Resource }));
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
