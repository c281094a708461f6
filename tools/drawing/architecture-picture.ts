import * as z from 'zod';
import { readStacks, type StackResource, type Stacks, type SynthesisedStacks } from '../../infra/synthesised-stacks.ts';

/** A node in the picture: a resource, or a group of resources. */
type Part = { id: string; stack: string; label: string };
type Edge = { from: StackResource; to: StackResource; word: string };

/** The edge label of each permission; other permissions are not drawn. */
const wordOf: Readonly<Record<string, string>> = {
  'dynamodb:GetItem': 'reads',
  'dynamodb:Query': 'reads',
  'dynamodb:PutItem': 'writes',
  'dynamodb:UpdateItem': 'writes',
  'secretsmanager:GetSecretValue': 'reads',
  'states:StartExecution': 'starts',
  'states:SendTaskSuccess': 'answers',
  'lambda:InvokeFunction': 'calls',
  'sqs:SendMessage': 'sends failures',
  'cognito-idp:AdminCreateUser': 'creates users',
  'cognito-idp:DescribeUserPoolClient': 'requests tokens',
  'cognito-idp:ListUsersInGroup': 'reads users',
};

/** The service name of each drawn resource type. */
const serviceOf: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Api': 'API Gateway',
  'AWS::CloudFront::Distribution': 'CloudFront',
  'AWS::CloudWatch::Alarm': 'CloudWatch',
  'AWS::Cognito::UserPool': 'Cognito',
  'AWS::DynamoDB::Table': 'DynamoDB',
  'AWS::Lambda::Function': 'Lambda',
  'AWS::S3::Bucket': 'S3',
  'AWS::Scheduler::Schedule': 'EventBridge Scheduler',
  'AWS::SecretsManager::Secret': 'Secrets Manager',
  'AWS::SNS::Topic': 'SNS',
  'AWS::SQS::Queue': 'SQS',
  'AWS::StepFunctions::StateMachine': 'Step Functions',
};

/** The kind of a function by the type of its caller: functions of one kind are one node. */
const kindOfCalled: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Api': 'Routes',
  'AWS::StepFunctions::StateMachine': 'Tasks',
  'AWS::Scheduler::Schedule': 'Scheduled',
  'AWS::DynamoDB::Table': 'Changes',
  'AWS::Cognito::UserPool': 'Triggers',
  'AWS::SecretsManager::Secret': 'Operators',
};

/**
 * Draws the stacks of a stage as a Mermaid flow chart: their resources and the connections in the templates. Functions of one kind
 * are one node, and so are all schedules and all alarms. Omits unconnected resources, and each function's role and log.
 *
 * @throws when nothing calls a function
 */
export function architecturePicture(stacks: Stacks): string {
  const read = readStacks(stacks);
  const edges = [...permissionEdges(read), ...referenceEdges(read)].filter(
    ({ from, to }) => isShown(from) && isShown(to),
  );
  const parts = partsOf(edges);

  const words = new Map<string, Set<string>>();
  for (const { from, to, word } of edges) {
    const way = `${parts.get(from)?.id} ${parts.get(to)?.id}`;
    words.set(way, (words.get(way) ?? new Set()).add(word));
  }
  const shown = new Map([...parts.values()].map((part) => [part.id, part]));
  const clients = [
    ...read.ofType('AWS::ApiGatewayV2::Api').map((api) => ({ to: api, word: 'requests' })),
    ...read.ofType('AWS::CloudFront::Distribution').map((console) => ({ to: console, word: 'opens the console' })),
    ...read
      .ofType('AWS::Cognito::UserPoolClient')
      .flatMap(({ stack, properties }) =>
        read.referencedIn(stack, properties.UserPoolId).map((pool) => ({ to: pool, word: 'signs in' })),
      ),
  ];
  return [
    'flowchart TD',
    '  client((client))',
    ...Object.keys(stacks).flatMap((stack) => {
      const within = [...shown.values()].filter((part) => part.stack === stack);
      return [`  subgraph ${stack}`, ...within.map(({ id, label }) => `    ${id}["${label}"]`), '  end'];
    }),
    ...new Set(clients.map(({ to, word }) => `  client -->|"${word}"| ${parts.get(to)?.id}`)),
    ...[...words].map(([way, labels]) => {
      const [from, to] = way.split(' ');
      return `  ${from} -->|"${[...labels].sort().join(', ')}"| ${to}`;
    }),
  ].join('\n');
}

function isShown({ type }: StackResource): boolean {
  return serviceOf[type] !== undefined;
}

const text = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const documentSchema = z.object({
  Statement: z.array(z.object({ Effect: z.string(), Action: text, Resource: z.unknown() })),
});
const policySchema = z.object({ Roles: z.unknown(), PolicyDocument: documentSchema });
const roleSchema = z.object({ Policies: z.array(z.object({ PolicyDocument: documentSchema })).default([]) });
/** The resource types that act with a role. */
const actingTypes = ['AWS::Lambda::Function', 'AWS::Scheduler::Schedule', 'AWS::StepFunctions::StateMachine'];

/** The connections that follow from permissions of roles. */
function permissionEdges({ ofType, referencedIn }: SynthesisedStacks): Edge[] {
  const rightsOf = (stack: string, roles: StackResource[], { Statement }: z.infer<typeof documentSchema>) =>
    Statement.filter(({ Effect }) => Effect === 'Allow').map(({ Action, Resource }) => ({
      roles,
      words: Action.flatMap((action) => wordOf[action] ?? []),
      on: referencedIn(stack, Resource),
    }));
  const rights = [
    ...ofType('AWS::IAM::Policy').flatMap(({ stack, properties }) => {
      const { Roles, PolicyDocument } = policySchema.parse(properties);
      return rightsOf(stack, referencedIn(stack, Roles), PolicyDocument);
    }),
    ...ofType('AWS::IAM::Role').flatMap((role) =>
      roleSchema
        .parse(role.properties)
        .Policies.flatMap(({ PolicyDocument }) => rightsOf(role.stack, [role], PolicyDocument)),
    ),
  ];
  return actingTypes.flatMap(ofType).flatMap((from) => {
    const own = referencedIn(from.stack, from.properties).filter(({ type }) => type === 'AWS::IAM::Role');
    return rights
      .filter(({ roles }) => roles.some((role) => own.includes(role)))
      .flatMap(({ words, on }) => words.flatMap((word) => on.map((to) => ({ from, to, word }))));
  });
}

/** The connections that follow from references between resources. */
function referenceEdges({ ofType, referencedIn }: SynthesisedStacks): Edge[] {
  /** From the target of one property of a resource of this type to the target of another. */
  const between = (type: string, from: string, to: string, word: string): Edge[] =>
    ofType(type).flatMap(({ stack, properties }) =>
      referencedIn(stack, properties[from]).flatMap((one) =>
        referencedIn(stack, properties[to]).map((other) => ({ from: one, to: other, word })),
      ),
    );
  /** From a resource of this type to the target of a property. */
  const out = (type: string, property: string, word: string): Edge[] =>
    ofType(type).flatMap((from) =>
      referencedIn(from.stack, from.properties[property]).map((to) => ({ from, to, word })),
    );

  return [
    ...distributionEdges({ ofType, referencedIn }),
    ...between('AWS::ApiGatewayV2::Integration', 'ApiId', 'IntegrationUri', 'calls'),
    ...between('AWS::ApiGatewayV2::Authorizer', 'ApiId', 'JwtConfiguration', 'checks tokens'),
    ...between('AWS::Lambda::EventSourceMapping', 'EventSourceArn', 'FunctionName', 'changes'),
    ...out('AWS::Cognito::UserPool', 'LambdaConfig', 'calls'),
    ...out('AWS::CloudWatch::Alarm', 'AlarmActions', 'notify'),
    // A secret that contains a function URL.
    ...out('AWS::SecretsManager::Secret', 'SecretString', 'contains the URL of').flatMap(({ from, to: url, word }) =>
      url.type === 'AWS::Lambda::Url'
        ? referencedIn(url.stack, url.properties.TargetFunctionArn).map((to) => ({ from, to, word }))
        : [],
    ),
  ];
}

const distributionSchema = z.object({ DistributionConfig: z.object({ Origins: z.unknown(), Logging: z.unknown() }) });

/** The connections of distributions to their origins and to their access logs. */
function distributionEdges({ ofType, referencedIn }: Pick<SynthesisedStacks, 'ofType' | 'referencedIn'>): Edge[] {
  return ofType('AWS::CloudFront::Distribution').flatMap((from) => {
    const { Origins, Logging } = distributionSchema.parse(from.properties).DistributionConfig;
    return [
      ...referencedIn(from.stack, Origins).map((to) => ({ from, to, word: 'serves' })),
      ...referencedIn(from.stack, Logging).map((to) => ({ from, to, word: 'logs' })),
    ];
  });
}

/** The nodes of the picture, by resource. */
function partsOf(edges: readonly Edge[]): Map<StackResource, Part> {
  const groups = new Map<string, StackResource[]>();
  for (const resource of new Set(edges.flatMap(({ from, to }) => [from, to]))) {
    const id = `${resource.stack}_${groupOf(resource, edges)}`;
    groups.set(id, [...(groups.get(id) ?? []), resource]);
  }
  const parts = new Map<StackResource, Part>();
  for (const [id, shown] of groups) {
    for (const resource of shown) {
      const { stack, type } = resource;
      parts.set(resource, { id, stack, label: `${serviceOf[type]}<br/>${labelOf(type, shown, edges)}` });
    }
  }
  return parts;
}

function groupOf(resource: StackResource, edges: readonly Edge[]): string {
  switch (resource.type) {
    case 'AWS::CloudWatch::Alarm':
      return 'Alarms';
    case 'AWS::Scheduler::Schedule':
      return 'Schedules';
    case 'AWS::Lambda::Function':
      return kindOf(resource, edges);
    default:
      return nameOf(resource);
  }
}

function kindOf(called: StackResource, edges: readonly Edge[]): string {
  const [kind] = edges.filter(({ to }) => to === called).flatMap(({ from }) => kindOfCalled[from.type] ?? []);
  if (kind === undefined) {
    throw new Error(`No caller of ${called.id} is known to the picture`);
  }
  return kind;
}

function labelOf(type: string, shown: readonly StackResource[], edges: readonly Edge[]): string {
  const [first] = shown;
  switch (type) {
    case 'AWS::Scheduler::Schedule': {
      const byRate = Map.groupBy(shown, ({ properties }) =>
        String(properties.ScheduleExpression).replace(/^rate\((?:1 )?(.*)\)$/, 'every $1'),
      );
      return [...byRate].map(([rate, schedules]) => `${rate}: ${schedules.map(nameOf).join(', ')}`).join('<br/>');
    }
    case 'AWS::CloudWatch::Alarm':
      return `${shown.length} alarms`;
    case 'AWS::Lambda::Function':
      return first && shown.length > 1
        ? `${kindOf(first, edges)}: ${shown.length} functions`
        : shown.map(nameOf).join();
    default:
      return shown.map(nameOf).join();
  }
}

/** The logical id without the hash and without the construct's name of its only resource. */
function nameOf({ id }: StackResource): string {
  return id.replace(/[0-9A-F]{8}$/, '').replace(/^(?:Schedules|Streams)|(?:Function|Machine)$/g, '');
}
