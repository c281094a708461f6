import type * as z from 'zod';
import { StartError } from '../start-error.ts';
import type { Assembly, Stack } from './assembly.ts';
import { resolverOf } from './identity.ts';
import { ignoredTypes } from './ignored.ts';
import { type All, knownTypes } from './known-types.ts';
import type {
  AuthorizerPart,
  FunctionPart,
  HttpApiPart,
  Parts,
  RoutePart,
  SchedulePart,
  SecretPart,
  StreamReaderPart,
  TableIndex,
} from './parts.ts';
import { readProperties } from './properties.ts';
import { rateOf } from './rate.ts';
import { readPermissions } from './read-permissions.ts';
import * as schemas from './schemas.ts';
import { readUserPools } from './user-pools.ts';

/**
 * Reads the parts that the local cloud runs from a cloud assembly.
 *
 * @throws StartError that names every unsupported resource type or property: nothing in a template is ignored silently.
 *
 */
export function readParts(assembly: Assembly): Parts {
  refuseUnknown(assembly);
  const { identityOf, propertiesOf } = resolverOf(assembly);

  function all<Shape extends z.ZodRawShape>(type: (typeof knownTypes)[number], schema: z.ZodObject<Shape>) {
    return assembly.stacks.flatMap((stack) =>
      Object.entries(stack.Resources)
        .filter(([, { Type }]) => Type === type)
        .map(([logicalId]) => ({
          logicalId,
          ...identityOf(stack, logicalId),
          properties: readProperties({ stack: stack.name, logicalId, type }, schema, propertiesOf(stack, logicalId)),
        })),
    );
  }

  const { roleOf, ...permissions } = readPermissions(all);
  const functions = readFunctions(assembly, all, roleOf);
  const queues = all('AWS::SQS::Queue', schemas.queueSchema).map(({ attributes }) => ({
    name: attributes.QueueName ?? '',
    arn: attributes.Arn ?? '',
  }));

  return {
    ...permissions,
    functions,
    queues,
    tables: all('AWS::DynamoDB::Table', schemas.tableSchema).map(({ ref: name, attributes, properties }) => ({
      name,
      streamArn: attributes.StreamArn ?? '',
      attributes: properties.AttributeDefinitions,
      keys: properties.KeySchema,
      globalIndexes: properties.GlobalSecondaryIndexes.map(indexOf),
      localIndexes: properties.LocalSecondaryIndexes.map(indexOf),
      ...(properties.StreamSpecification && { streamView: properties.StreamSpecification.StreamViewType }),
    })),
    httpApis: readHttpApis(all, roleOf),
    userPools: readUserPools(all),
    schedules: readSchedules(all, roleOf),
    stateMachines: all('AWS::StepFunctions::StateMachine', schemas.stateMachineSchema).map(
      ({ ref: arn, attributes, logicalId, properties }) => ({
        name: attributes.Name ?? '',
        arn,
        role: roleOf(properties.RoleArn, `${logicalId} (AWS::StepFunctions::StateMachine)`),
        writesLogs: (properties.LoggingConfiguration?.Destinations?.length ?? 0) > 0,
        definition: JSON.parse(properties.DefinitionString),
      }),
    ),
    secrets: readSecrets(all),
    streamReaders: readStreamReaders(all, functions),
  };
}

type RoleOf = ReturnType<typeof readPermissions>['roleOf'];

function readFunctions(assembly: Assembly, all: All, roleOf: RoleOf): FunctionPart[] {
  const asyncPolicies = all('AWS::Lambda::EventInvokeConfig', schemas.eventInvokeConfigSchema);
  return all('AWS::Lambda::Function', schemas.functionSchema).map(
    ({ ref: name, attributes, logicalId, properties }) => {
      const folder = assembly.assets.get(properties.Code.S3Key);
      if (folder === undefined) {
        throw new StartError(
          `${logicalId} (AWS::Lambda::Function): its bundle ${properties.Code.S3Key} is not in the cloud assembly.`,
        );
      }
      const policy = asyncPolicies.find(({ properties: { FunctionName } }) => FunctionName === name)?.properties;
      const destination = policy?.DestinationConfig?.OnFailure?.Destination;
      return {
        name,
        arn: attributes.Arn ?? name,
        folder,
        handler: properties.Handler,
        role: roleOf(properties.Role, `${logicalId} (AWS::Lambda::Function)`),
        logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
        environment: properties.Environment?.Variables ?? {},
        timeoutSeconds: properties.Timeout,
        memoryMb: properties.MemorySize,
        ...(properties.ReservedConcurrentExecutions !== undefined && {
          reservedConcurrency: properties.ReservedConcurrentExecutions,
        }),
        asynchronously: {
          retries: policy?.MaximumRetryAttempts ?? 2,
          maxAgeSeconds: policy?.MaximumEventAgeInSeconds ?? 21_600,
          ...(destination !== undefined && { onFailure: destination }),
        },
      };
    },
  );
}

function readSchedules(all: All, roleOf: RoleOf): SchedulePart[] {
  return [
    ...all('AWS::Scheduler::Schedule', schemas.scheduleSchema).flatMap(({ logicalId, properties }) =>
      properties.State === 'DISABLED'
        ? []
        : [
            {
              name: logicalId,
              everyMs: rateOf(logicalId, properties.ScheduleExpression),
              functionArn: properties.Target.Arn,
              invoker: {
                kind: 'scheduler' as const,
                role: roleOf(properties.Target.RoleArn, `${logicalId} (AWS::Scheduler::Schedule)`),
                group: properties.GroupName,
              },
              ...(properties.Target.Input !== undefined && { input: properties.Target.Input }),
              ...(properties.Target.DeadLetterConfig && { deadLetterArn: properties.Target.DeadLetterConfig.Arn }),
            },
          ],
    ),
    ...all('AWS::Events::Rule', schemas.ruleSchema).flatMap(({ logicalId, attributes, properties }) =>
      properties.State === 'DISABLED'
        ? []
        : properties.Targets.map((target, number) => ({
            name: `${logicalId}/${number}`,
            everyMs: rateOf(logicalId, properties.ScheduleExpression),
            functionArn: target.Arn,
            invoker: { kind: 'rule' as const, arn: attributes.Arn ?? logicalId },
            ...(target.Input !== undefined && { input: target.Input }),
            ...(target.DeadLetterConfig && { deadLetterArn: target.DeadLetterConfig.Arn }),
          })),
    ),
  ];
}

function readSecrets(all: All): SecretPart[] {
  return all('AWS::SecretsManager::Secret', schemas.secretSchema).map(({ ref: arn, properties }) => {
    const generate = properties.GenerateSecretString;
    return {
      arn,
      name:
        properties.Name ??
        arn
          .split(':')
          .at(-1)
          ?.replace(/-local0$/, '') ??
        arn,
      ...(properties.SecretString !== undefined && { value: properties.SecretString }),
      ...(generate && {
        generate: {
          length: generate.PasswordLength,
          ...(generate.SecretStringTemplate !== undefined && { template: generate.SecretStringTemplate }),
          ...(generate.GenerateStringKey !== undefined && { key: generate.GenerateStringKey }),
        },
      }),
    };
  });
}

function readStreamReaders(all: All, functions: readonly FunctionPart[]): StreamReaderPart[] {
  return all('AWS::Lambda::EventSourceMapping', schemas.eventSourceMappingSchema).flatMap(
    ({ logicalId, properties }) => {
      if (properties.Enabled === false) {
        return [];
      }
      if (!properties.EventSourceArn.includes(':dynamodb:')) {
        throw new StartError(
          `${logicalId} (AWS::Lambda::EventSourceMapping): the local cloud supports streams of tables only, not ${properties.EventSourceArn}.`,
        );
      }
      const destination = properties.DestinationConfig?.OnFailure?.Destination;
      return [
        {
          name: logicalId,
          functionArn: functions.find(({ name }) => name === properties.FunctionName)?.arn ?? properties.FunctionName,
          streamArn: properties.EventSourceArn,
          batchSize: properties.BatchSize,
          batchesPerShard: properties.ParallelizationFactor,
          retries: properties.MaximumRetryAttempts,
          reportsItemFailures: properties.FunctionResponseTypes.length > 0,
          bisects: properties.BisectBatchOnFunctionError,
          filters: properties.FilterCriteria.Filters.map(({ Pattern }) => Pattern),
          ...(destination !== undefined && { onFailure: destination }),
        },
      ];
    },
  );
}

function readHttpApis(all: All, roleOf: RoleOf): HttpApiPart[] {
  const authorizers = new Map<string, AuthorizerPart>(
    all('AWS::ApiGatewayV2::Authorizer', schemas.authorizerSchema).map(({ ref, properties }) => [
      ref,
      { id: ref, issuer: properties.JwtConfiguration.Issuer, audience: properties.JwtConfiguration.Audience },
    ]),
  );
  const integrations = all('AWS::ApiGatewayV2::Integration', schemas.integrationSchema);
  const routes = all('AWS::ApiGatewayV2::Route', schemas.routeSchema);
  const stages = all('AWS::ApiGatewayV2::Stage', schemas.stageSchema);

  return all('AWS::ApiGatewayV2::Api', schemas.apiSchema).map(({ ref: id, logicalId }) => {
    const stage = stages.find(({ properties }) => properties.ApiId === id);
    if (!stage) {
      throw new StartError(`${logicalId} (AWS::ApiGatewayV2::Api): it has no stage and cannot be called.`);
    }
    const { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit } =
      stage.properties.DefaultRouteSettings ?? {};
    return {
      id,
      routes: routes.filter(({ properties }) => properties.ApiId === id).map(routeOf),
      routeThrottles: Object.fromEntries(
        Object.entries(stage.properties.RouteSettings).map(([key, own]) => [
          key,
          { rateLimit: own.ThrottlingRateLimit, burstLimit: own.ThrottlingBurstLimit },
        ]),
      ),
      ...(rateLimit !== undefined && burstLimit !== undefined && { throttle: { rateLimit, burstLimit } }),
    };
  });

  function routeOf({ logicalId, properties }: (typeof routes)[number]): RoutePart {
    const integration = integrations.find(({ ref }) => properties.Target === `integrations/${ref}`);
    if (!integration) {
      throw new StartError(
        `${logicalId} (AWS::ApiGatewayV2::Route): its integration ${properties.Target} is not in the template.`,
      );
    }
    const authorizer = properties.AuthorizerId === undefined ? undefined : authorizers.get(properties.AuthorizerId);
    if (properties.AuthorizationType === 'JWT' && !authorizer) {
      throw new StartError(`${logicalId} (AWS::ApiGatewayV2::Route): its authorizer is not in the template.`);
    }
    const { IntegrationUri, CredentialsArn, TimeoutInMillis } = integration.properties;
    return {
      key: properties.RouteKey,
      functionArn: functionArnIn(IntegrationUri),
      ...(CredentialsArn !== undefined && {
        role: roleOf(CredentialsArn, `${integration.logicalId} (AWS::ApiGatewayV2::Integration)`),
      }),
      timeoutMs: TimeoutInMillis,
      ...(properties.AuthorizationType === 'JWT' &&
        authorizer && { authorizer: { ...authorizer, scopes: properties.AuthorizationScopes } }),
    };
  }
}

/** An integration contains the function's ARN, or the older path around it. */
function functionArnIn(uri: string): string {
  return /functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1] ?? uri;
}

function indexOf({ IndexName, KeySchema, Projection }: TableIndex): TableIndex {
  return { IndexName, KeySchema, Projection };
}

function refuseUnknown({ stacks }: Assembly): void {
  const unknown = stacks.flatMap((stack: Stack) =>
    Object.entries(stack.Resources).flatMap(([logicalId, { Type, Condition }]) => {
      if (Object.hasOwn(ignoredTypes, Type)) {
        return [];
      }
      if (!knownTypes.some((known) => known === Type)) {
        return [`${logicalId} has the unsupported type ${Type} (stack ${stack.name})`];
      }
      return Condition === undefined
        ? []
        : [`${logicalId} (stack ${stack.name}) depends on the condition ${Condition}`];
    }),
  );
  if (unknown.length > 0) {
    throw new StartError(
      `The local cloud does not support parts of the template: ${unknown.join('; ')}. ` +
        `It runs ${knownTypes.join(', ')}, and ignores ${Object.keys(ignoredTypes).join(', ')}.`,
    );
  }
}
