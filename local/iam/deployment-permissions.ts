import { StartError } from '../start-error.ts';
import { account, region } from '../template/identity.ts';
import type {
  FunctionPart,
  InvokePermissionPart,
  Parts,
  RolePart,
  RoutePart,
  StateMachinePart,
} from '../template/parts.ts';
import type { ResourceStatement } from '../template/policy-schemas.ts';
import { policyEvaluator, type RequiredPermission } from './evaluate.ts';

// Checks the permissions with which AWS services call each other. AWS reports some missing permissions during deployment and others
// on the first event; the local cloud reports all of them at its start.

/** The end of a function's log stream ARN: `arn:aws:logs:...:log-group:<name>:log-stream:<stream>`. */
const LOG_STREAM = 'log-stream:local';

/** Checks that the parts may call each other. @throws StartError that lists every missing permission */
export function refuseMissingPermissions(parts: Parts): void {
  const missing = [
    ...parts.functions.flatMap((part) => missingForFunction(part, parts)),
    ...parts.httpApis.flatMap(({ id, routes }) => routes.flatMap((route) => missingForRoute(route, id, parts))),
    ...parts.streamReaders.flatMap((reader) => {
      const part = parts.functions.find(({ arn }) => arn === reader.functionArn);
      // startStreamReaders refuses an unknown function.
      return part
        ? [
            ...missingForRole(
              part.role,
              `Function ${part.name}, which reads ${reader.streamArn},`,
              ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((action) => ({
                action: `dynamodb:${action}`,
                resource: reader.streamArn,
              })),
            ),
            ...missingForDestination(part.role, `Function ${part.name}`, reader.onFailure, parts),
          ]
        : [];
    }),
    ...parts.schedules.flatMap(({ name, functionArn, invoker, deadLetterArn }) => {
      if (invoker.kind === 'rule') {
        return missingInvokePermission(parts.invokePermissions, `Rule ${name}`, {
          functionArn,
          principal: 'events.amazonaws.com',
          sourceArn: invoker.arn,
        });
      }
      const sourceArn = `arn:aws:scheduler:${region}:${account}:schedule-group/${invoker.group}`;
      return [
        ...missingTrust(invoker.role, `Schedule ${name}`, 'scheduler.amazonaws.com', sourceArn),
        ...missingForRole(invoker.role, `Schedule ${name}`, [
          { action: 'lambda:InvokeFunction', resource: functionArn },
        ]),
        ...missingForDestination(invoker.role, `Schedule ${name}`, deadLetterArn, parts),
      ];
    }),
    ...parts.stateMachines.flatMap((machine) => [
      ...missingTrust(machine.role, `State machine ${machine.name}`, 'states.amazonaws.com', machine.arn),
      ...missingForDefinition(machine, machine.definition),
      ...(machine.writesLogs
        ? missingForRole(
            machine.role,
            `State machine ${machine.name}, which writes logs,`,
            logDelivery.map((action) => ({ action: `logs:${action}`, resource: '*' })),
          )
        : []),
    ]),
    ...parts.userPools.flatMap(({ arn, claimsFunctionArn, messageFunctionArn }) =>
      [claimsFunctionArn, messageFunctionArn].flatMap((functionArn) =>
        functionArn === undefined
          ? []
          : missingInvokePermission(parts.invokePermissions, `User pool ${arn}`, {
              functionArn,
              principal: 'cognito-idp.amazonaws.com',
              sourceArn: arn,
            }),
      ),
    ),
  ];
  if (missing.length > 0) {
    throw new StartError(`The template lacks permissions and would fail on AWS, too: ${missing.join('; ')}.`);
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const logDelivery = [
  'CreateLogDelivery',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
];

/** Lists the functions of a definition that the state machine's role may not call. */
export function missingForDefinition({ name, role }: StateMachinePart, definition: unknown): string[] {
  return missingForRole(
    role,
    `State machine ${name}`,
    [...functionsIn(definition)].map((resource) => ({ action: 'lambda:InvokeFunction', resource })),
  );
}

function functionsIn(value: unknown): Set<string> {
  const found = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) {
      return;
    }
    for (const [key, inner] of Object.entries(part)) {
      const isFunction =
        (key === 'Resource' || key === 'FunctionName') && typeof inner === 'string' && inner.includes(':function:');
      if (isFunction) {
        found.add(inner);
      } else {
        visit(inner);
      }
    }
  };
  visit(value);
  return found;
}

function missingForRoute({ key, functionArn, role }: RoutePart, apiId: string, parts: Parts): string[] {
  const owner = `Route ${key}`;
  const principal = 'apigateway.amazonaws.com';
  if (role === undefined) {
    const sourceArn = `arn:aws:execute-api:${region}:${account}:${apiId}/$default/${key.replace(' /', '/')}`;
    return missingInvokePermission(parts.invokePermissions, owner, { functionArn, principal, sourceArn });
  }
  return [
    ...missingTrust(role, owner, principal, undefined),
    ...missingForRole(role, owner, [{ action: 'lambda:InvokeFunction', resource: functionArn }]),
  ];
}

function missingForFunction({ name, role, logGroup, asynchronously }: FunctionPart, parts: Parts): string[] {
  const stream = `arn:aws:logs:${region}:${account}:log-group:${logGroup}:${LOG_STREAM}`;
  return [
    ...missingTrust(role, `Function ${name}`, 'lambda.amazonaws.com', undefined),
    // Without these permissions, Lambda runs the function and loses its log.
    ...missingForRole(role, `Function ${name}`, [
      { action: 'logs:CreateLogStream', resource: stream },
      { action: 'logs:PutLogEvents', resource: stream },
    ]),
    ...missingForDestination(role, `Function ${name}`, asynchronously.onFailure, parts),
  ];
}

/** The action that sends to each kind of destination. */
const destinationActions: Readonly<Record<string, string>> = {
  sqs: 'sqs:SendMessage',
  sns: 'sns:Publish',
  lambda: 'lambda:InvokeFunction',
  events: 'events:PutEvents',
};

function missingForDestination(role: RolePart, owner: string, arn: string | undefined, parts: Parts): string[] {
  if (arn === undefined) {
    return [];
  }
  const service = arn.split(':')[2] ?? '';
  const action = Object.hasOwn(destinationActions, service) ? destinationActions[service] : undefined;
  if (action === undefined) {
    return [`${owner} sends failures to ${arn}, which the local cloud does not support`];
  }
  const call = withTls({ action, resource: arn });
  const denied = decisionOf(parts.queuePolicies.filter(appliesTo(role.arn)), call) === 'explicitlyDenied';
  return denied
    ? [`the policy of ${arn} denies ${action} to ${owner}`]
    : missingForRole(role, owner, [{ action, resource: arn }]);
}

function missingForRole(role: RolePart, owner: string, calls: readonly RequiredPermission[]): string[] {
  const decide = policyEvaluator(role.statements);
  return calls
    .filter((call) => decide(withTls(call)) !== 'allowed')
    .map(({ action, resource }) => `${owner} lacks the permission ${action} on ${resource} in its role ${role.name}`);
}

/** Checks that a service may assume a role. Services other than Lambda name the resource for which they assume it. */
function missingTrust(role: RolePart, owner: string, service: string, sourceArn: string | undefined): string[] {
  const decision = decisionOf(role.trust.filter(appliesTo(service)), {
    action: 'sts:AssumeRole',
    resource: role.arn,
    context: sourceOf(sourceArn),
  });
  return decision === 'allowed' ? [] : [`the role ${role.name} of ${owner} does not trust ${service}`];
}

function missingInvokePermission(
  permissions: readonly InvokePermissionPart[],
  owner: string,
  { functionArn, principal, sourceArn }: { functionArn: string; principal: string; sourceArn: string },
): string[] {
  const statements = permissions
    .filter((permission) => permission.functionArn === functionArn && permission.principal === principal)
    .map(
      (permission): ResourceStatement => ({
        effect: 'Allow',
        principals: [permission.principal],
        actions: ['lambda:InvokeFunction'],
        resources: [functionArn],
        conditions: [
          ...(permission.sourceArn === undefined
            ? []
            : [{ operator: 'ArnLike' as const, key: 'aws:SourceArn', values: [permission.sourceArn] }]),
          ...(permission.sourceAccount === undefined
            ? []
            : [{ operator: 'StringEquals' as const, key: 'aws:SourceAccount', values: [permission.sourceAccount] }]),
        ],
      }),
    );
  const call = { action: 'lambda:InvokeFunction', resource: functionArn, context: sourceOf(sourceArn) };
  return decisionOf(statements, call) === 'allowed'
    ? []
    : [
        `${owner} is not allowed to call ${functionArn}: no AWS::Lambda::Permission allows ${principal} to do so from ${sourceArn}`,
      ];
}

function sourceOf(sourceArn: string | undefined): NonNullable<RequiredPermission['context']> {
  return sourceArn === undefined ? {} : { 'aws:SourceArn': [sourceArn], 'aws:SourceAccount': [account] };
}

/** AWS services call each other over TLS. */
function withTls(call: RequiredPermission): RequiredPermission {
  return { ...call, context: { ...call.context, 'aws:SecureTransport': ['true'] } };
}

const appliesTo =
  (principal: string) =>
  ({ principals }: ResourceStatement) =>
    principals.some((named) => named === '*' || named === principal);

function decisionOf(statements: readonly ResourceStatement[], call: RequiredPermission) {
  return policyEvaluator(statements)(call);
}
