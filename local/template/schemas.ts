import * as z from 'zod';
import { apiGatewayLimits, dynamodbLimits, lambdaLimits, schedulerLimits } from '../limits.ts';
import { boolean, number, unused } from './properties.ts';

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const index = {
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.strictObject({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).max(dynamodbLimits.nonKeyAttributes).optional(),
  }),
};

export const tableSchema = z.strictObject({
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        ...index,
        ...unused('ProvisionedThroughput', 'OnDemandThroughput', 'ContributorInsightsSpecification', 'WarmThroughput'),
      }),
    )
    .default([]),
  LocalSecondaryIndexes: z.array(z.strictObject(index)).default([]),
  StreamSpecification: z
    .strictObject({
      StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']),
      ResourcePolicy: z.unknown().optional(),
    })
    .optional(),
  ...unused(
    'BillingMode',
    'ContributorInsightsSpecification',
    'DeletionProtectionEnabled',
    'KinesisStreamSpecification',
    'OnDemandThroughput',
    'PointInTimeRecoverySpecification',
    'ProvisionedThroughput',
    'ResourcePolicy',
    'SSESpecification',
    'TableClass',
    'Tags',
    // Reads filter expired items where it matters, because DynamoDB may take days to delete them.
    'TimeToLiveSpecification',
    'WarmThroughput',
  ),
});

export const functionSchema = z.strictObject({
  FunctionName: z.string().optional(),
  Code: z.strictObject({ S3Bucket: z.unknown(), S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, 'the local cloud supports Node.js runtimes only'),
  Environment: z
    .strictObject({
      Variables: z
        .record(z.string(), z.coerce.string())
        .default({})
        .refine(
          (variables) => Buffer.byteLength(JSON.stringify(variables)) <= lambdaLimits.environmentBytes,
          `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the ${lambdaLimits.environmentBytes} bytes limit`,
        ),
    })
    .optional(),
  Timeout: number.pipe(z.number().min(1).max(lambdaLimits.timeoutSeconds)).default(3),
  MemorySize: number.pipe(z.number().min(lambdaLimits.memoryMb.min).max(lambdaLimits.memoryMb.max)).default(128),
  ReservedConcurrentExecutions: number.optional(),
  PackageType: z.literal('Zip').optional(),
  Role: z.string(),
  LoggingConfig: z.looseObject({ LogGroup: z.string().optional() }).optional(),
  ...unused(
    'Architectures',
    'DeadLetterConfig',
    'Description',
    'EphemeralStorage',
    'KmsKeyArn',
    'RecursiveLoop',
    'RuntimeManagementConfig',
    'Tags',
    'TracingConfig',
  ),
});

const onFailure = z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() }).optional();

export const eventInvokeConfigSchema = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: number.default(2),
  MaximumEventAgeInSeconds: number.default(21_600),
  DestinationConfig: onFailure,
});

export const eventSourceMappingSchema = z.strictObject({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  BatchSize: number.default(100),
  Enabled: boolean.optional(),
  // A local table is created with its cloud: `LATEST` would miss records written before the first read.
  StartingPosition: z.literal('TRIM_HORIZON'),
  FilterCriteria: z
    .strictObject({
      Filters: z.array(
        z.strictObject({
          Pattern: z.string().transform((json): Readonly<Record<string, unknown>> => JSON.parse(json)),
        }),
      ),
    })
    .default({ Filters: [] }),
  MaximumRetryAttempts: number.default(-1),
  DestinationConfig: onFailure,
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  BisectBatchOnFunctionError: boolean.default(false),
  ParallelizationFactor: number.default(1),
  // A local shard is read immediately, so batching windows have no effect.
  ...unused('MaximumBatchingWindowInSeconds', 'MaximumRecordAgeInSeconds', 'Tags'),
});

export const apiSchema = z.strictObject({
  ProtocolType: z.literal('HTTP'),
  ...unused('Description', 'DisableExecuteApiEndpoint', 'Name', 'Tags', 'Version'),
});

export const authorizerSchema = z.strictObject({
  ApiId: z.string(),
  AuthorizerType: z.literal('JWT'),
  IdentitySource: z.tuple([z.literal('$request.header.Authorization')]),
  JwtConfiguration: z.strictObject({ Issuer: z.string(), Audience: z.array(z.string()) }),
  ...unused('Name'),
});

export const integrationSchema = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  CredentialsArn: z.string().optional(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: number
    .pipe(z.number().min(50).max(apiGatewayLimits.integrationTimeoutMs))
    .default(apiGatewayLimits.integrationTimeoutMs),
  ...unused('Description', 'IntegrationMethod'),
});

export const routeSchema = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string().regex(/^(\$default|[A-Z]+ \/\S*)$/),
  Target: z.string().regex(/^integrations\//),
  AuthorizationType: z.enum(['JWT', 'NONE']).default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: z.array(z.string()).default([]),
  ApiKeyRequired: z.literal(false).optional(),
  ...unused('OperationName'),
});

export const stageSchema = z.strictObject({
  ApiId: z.string(),
  StageName: z.literal('$default'),
  DefaultRouteSettings: z
    .strictObject({
      ThrottlingBurstLimit: number.optional(),
      ThrottlingRateLimit: number.optional(),
      DetailedMetricsEnabled: z.unknown().optional(),
    })
    .optional(),
  RouteSettings: z
    .record(z.string(), z.strictObject({ ThrottlingBurstLimit: number, ThrottlingRateLimit: number }))
    .default({}),
  ...unused('AccessLogSettings', 'AutoDeploy', 'DeploymentId', 'Description', 'Tags'),
});

const retryPolicy = z
  .strictObject({ MaximumRetryAttempts: z.unknown().optional(), MaximumEventAgeInSeconds: z.unknown().optional() })
  .optional();
const deadLetters = z.strictObject({ Arn: z.string() }).optional();

export const scheduleSchema = z.strictObject({
  ScheduleExpression: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF') }),
  Target: z.strictObject({
    Arn: z.string(),
    Input: z
      .string()
      .refine(
        (input) => Buffer.byteLength(input) <= schedulerLimits.inputBytes,
        `at most ${schedulerLimits.inputBytes} bytes`,
      )
      .optional(),
    DeadLetterConfig: deadLetters,
    // Applies to the delivery to the function, which cannot fail locally. The function's own settings apply to its failures.
    RetryPolicy: retryPolicy,
    RoleArn: z.string(),
  }),
  GroupName: z.string().default('default'),
  ...unused('Description', 'KmsKeyArn', 'Name', 'ScheduleExpressionTimezone'),
});

export const ruleSchema = z.strictObject({
  ScheduleExpression: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(
    z.strictObject({
      Arn: z.string(),
      Input: z.string().optional(),
      DeadLetterConfig: deadLetters,
      RetryPolicy: retryPolicy,
      ...unused('Id', 'RoleArn'),
    }),
  ),
  ...unused('Description', 'Name', 'RoleArn', 'Tags'),
});

export const stateMachineSchema = z.strictObject({
  StateMachineName: z.string().optional(),
  StateMachineType: z.literal('STANDARD').optional(),
  DefinitionString: z.string(),
  RoleArn: z.string(),
  LoggingConfiguration: z.looseObject({ Destinations: z.array(z.unknown()).optional() }).optional(),
  ...unused('EncryptionConfiguration', 'Tags', 'TracingConfiguration'),
});

export const secretSchema = z.strictObject({
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: z
    .strictObject({
      SecretStringTemplate: z.string().optional(),
      GenerateStringKey: z.string().optional(),
      PasswordLength: number.default(32),
      ...unused(
        'ExcludeCharacters',
        'ExcludeLowercase',
        'ExcludeNumbers',
        'ExcludePunctuation',
        'ExcludeUppercase',
        'IncludeSpace',
        'RequireEachIncludedType',
      ),
    })
    .optional(),
  ...unused('Description', 'KmsKeyId', 'Tags'),
});

export const queueSchema = z.strictObject({
  QueueName: z.string().optional(),
  ...unused(
    'KmsDataKeyReusePeriodSeconds',
    'KmsMasterKeyId',
    'MessageRetentionPeriod',
    'SqsManagedSseEnabled',
    'Tags',
    'VisibilityTimeout',
  ),
});

/** The standard user attributes that the system uses. */
export const standardAttributes = ['sub', 'email', 'email_verified', 'name', 'given_name', 'family_name'];

export const userPoolSchema = z.strictObject({
  AdminCreateUserConfig: z.strictObject({ AllowAdminCreateUserOnly: boolean.pipe(z.literal(true)) }),
  LambdaConfig: z
    .strictObject({
      PreTokenGenerationConfig: z.strictObject({ LambdaArn: z.string(), LambdaVersion: z.literal('V3_0') }).optional(),
      CustomMessage: z.string().optional(),
    })
    .default({}),
  MfaConfiguration: z.enum(['OFF', 'OPTIONAL', 'ON']).default('OFF'),
  EnabledMfas: z.array(z.literal('SOFTWARE_TOKEN_MFA')).default([]),
  Policies: z
    .strictObject({
      PasswordPolicy: z.strictObject({
        MinimumLength: number.default(8),
        RequireLowercase: boolean.default(false),
        RequireUppercase: boolean.default(false),
        RequireNumbers: boolean.default(false),
        RequireSymbols: boolean.default(false),
        TemporaryPasswordValidityDays: number.default(7),
        PasswordHistorySize: number.default(0),
      }),
    })
    .optional(),
  Schema: z
    .array(
      z.strictObject({
        Name: z.string(),
        AttributeDataType: z.literal('String').optional(),
        ...unused('Mutable', 'Required', 'StringAttributeConstraints'),
      }),
    )
    .default([]),
  UsernameAttributes: z.tuple([z.literal('email')]),
  UsernameConfiguration: z.strictObject({ CaseSensitive: boolean.pipe(z.literal(false)) }),
  ...unused(
    'AccountRecoverySetting',
    'AutoVerifiedAttributes',
    'DeletionProtection',
    'EmailVerificationMessage',
    'EmailVerificationSubject',
    'SmsVerificationMessage',
    'UserPoolName',
    'UserPoolTags',
    'UserPoolTier',
    'VerificationMessageTemplate',
  ),
});

export const userPoolClientSchema = z.strictObject({
  UserPoolId: z.string(),
  ClientName: z.string().optional(),
  GenerateSecret: boolean.default(false),
  /** In minutes. */
  AccessTokenValidity: z.coerce.number().default(60),
  TokenValidityUnits: z.looseObject({ AccessToken: z.literal('minutes').optional() }).optional(),
  AllowedOAuthFlows: z.array(z.string()).default([]),
  AllowedOAuthScopes: z.array(z.string()).default([]),
  CallbackURLs: z.array(z.string()).default([]),
  ExplicitAuthFlows: z.array(z.string()).default([]),
  ...unused(
    'AllowedOAuthFlowsUserPoolClient',
    'EnableTokenRevocation',
    'IdTokenValidity',
    'PreventUserExistenceErrors',
    'RefreshTokenValidity',
    'SupportedIdentityProviders',
    'WriteAttributes',
  ),
});

export const userPoolGroupSchema = z.strictObject({
  UserPoolId: z.string(),
  GroupName: z.string(),
  ...unused('Description', 'Precedence'),
});
