import { Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DataStack } from './data-stack.ts';
import type { Bundles } from './functions/bundles.ts';
import type { Resources } from './functions/entries.ts';
import { SERVICE } from './functions/service-function.ts';
import { IdentityStack } from './identity-stack.ts';
import { SandboxStack } from './sandbox-stack.ts';
import { ServiceStack } from './service-stack.ts';
import type { Stage } from './stages.ts';

/** The contents of a release: the route table and the bundles of its functions. */
export type Release = { resources: Resources; bundles: Bundles };

/** The stacks of a stage. Without `identity`, another issuer signs the tokens. Without `sandbox`, operators are real. */
export type StageStacks = {
  data: DataStack;
  identity: IdentityStack | undefined;
  sandbox: SandboxStack | undefined;
  service: ServiceStack;
};

/**
 * Creates the stacks of a stage: data, users, the stateless service and, on some stages, the stand-in for the operators. Their
 * names are the same whether the CLI or the pipeline deploys them.
 */
export function createStacks(scope: Construct, stage: Stage, { resources, bundles }: Release): StageStacks {
  const stackProps = (part: string, description: string) => ({
    stackName: `SimFulfilment-${stage.name}-${part}`,
    description: `SIM fulfilment: ${description}`,
    stage,
    ...(stage.environment && { env: stage.environment }),
  });
  const create = <Props extends { stackName: string }, Created>(
    Kind: new (scope: Construct, id: string, props: Props) => Created,
    props: Props,
  ) => new Kind(scope, props.stackName, props);

  const data = create(DataStack, stackProps('Data', "the table and the operators' secret"));
  const identity = stage.externalTokens
    ? undefined
    : create(IdentityStack, { ...stackProps('Identity', 'users and their tokens'), bundles });
  const tokens = stage.externalTokens ?? identity?.tokens;
  if (!tokens) throw new Error(`The stage ${stage.name} has no issuer of tokens`);
  const sandbox = stage.sandbox
    ? create(SandboxStack, { ...stackProps('Sandbox', 'the sandbox operator'), bundles })
    : undefined;
  const service = create(ServiceStack, {
    ...stackProps('Service', 'HTTP API, functions, state machine, schedules'),
    tokens,
    users: identity?.users,
    resources,
    bundles,
    table: data.table,
    operatorsSecret: (sandbox ?? data).operatorsSecret,
  });
  Tags.of(scope).add('service', SERVICE);
  Tags.of(scope).add('stage', stage.name);
  return { data, identity, sandbox, service };
}
