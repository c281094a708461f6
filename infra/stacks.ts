import { Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type ConsoleSignIn, ConsoleStack } from './console-stack.ts';
import { DataStack } from './data-stack.ts';
import type { Bundles } from './functions/bundles.ts';
import type { Resources } from './functions/entries.ts';
import { SERVICE } from './functions/service-function.ts';
import { IdentityStack } from './identity-stack.ts';
import { SandboxStack } from './sandbox-stack.ts';
import { ServiceStack } from './service-stack.ts';
import type { Stage } from './stages.ts';

/** The contents of a release: the route table, the bundles of its functions, and the folder of the built console. */
export type Release = { resources: Resources; bundles: Bundles; consoleFolder: string };

/**
 * The stacks of a stage. Without `identity`, another issuer signs the tokens. Without `sandbox`, operators are real. The local cloud has no
 * `console`, as it serves the console itself.
 */
export type StageStacks = {
  data: DataStack;
  identity: IdentityStack | undefined;
  sandbox: SandboxStack | undefined;
  service: ServiceStack;
  console: ConsoleStack | undefined;
};

/**
 * Creates the stacks of a stage: data, users, the stateless service, the console and, on some stages, the stand-in for the operators. Their
 * names are the same whether the CLI or the pipeline deploys them.
 *
 * @throws StageError when the stage serves the console, and it is not built
 */
export function createStacks(
  scope: Construct,
  stage: Stage,
  { resources, bundles, consoleFolder }: Release,
): StageStacks {
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
  const signIn = identity?.consoleSignIn ?? externalSignIn(stage);
  const console =
    stage.console && signIn
      ? create(ConsoleStack, {
          ...stackProps('Console', 'the console in a browser'),
          settings: stage.console,
          signIn,
          api: {
            id: service.apiId,
            paths: Object.values(resources).flatMap(({ routes }) => routes.map(({ path }) => path)),
          },
          folder: consoleFolder,
        })
      : undefined;
  Tags.of(scope).add('service', SERVICE);
  Tags.of(scope).add('stage', stage.name);
  return { data, identity, sandbox, service, console };
}

/** How users sign in to the console at an external issuer. */
function externalSignIn({ externalTokens, console }: Stage): ConsoleSignIn | undefined {
  return externalTokens && console?.client
    ? {
        configuration: { issuer: externalTokens.issuer, clientId: console.client.id, scope: console.client.scope },
        origins: [new URL(externalTokens.issuer).origin],
      }
    : undefined;
}
