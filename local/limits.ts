/**
 * AWS limits that the engines of the local cloud do not enforce. The code that enforces a limit reads it from here.
 *
 * The engine enforces those of DynamoDB (100 items and 4 MB per transaction, 400 KB per item, 100 and 25 items per batch, 1 MB per
 * page); test/local/limits.test.ts checks it. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */

const MB = 1024 * 1024;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const lambdaLimits = {
  /** The payload of a synchronous invocation and of its response: 6 MB plus Lambda's envelope. */
  payloadBytes: 6_291_556,
  asynchronousPayloadBytes: MB,
  timeoutSeconds: 900,
  memoryMb: { min: 128, max: 10_240 },
  /** The total size of a function's variables. */
  environmentBytes: 4_096,
  /** Concurrent invocations of all functions of an account. New accounts may have only 10. */
  concurrency: 1_000,
};

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const apiGatewayLimits = {
  bodyBytes: 10 * MB,
  /** The request line and all headers. */
  headerBytes: 10_240,
  integrationTimeoutMs: 30_000,
};

/** The burst of requests, and the sustained rate per second. */
export type RequestRate = { burstLimit: number; rateLimit: number };

/**
 * The limits of regions other than us-east-1, us-west-2 and eu-west-1, which have higher ones.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const stepFunctionsLimits = {
  /** Input and output of a state, a task or an execution. */
  payloadBytes: 262_144,
  historyEvents: 25_000,
  nameLength: 80,
  requests: {
    StartExecution: { burstLimit: 800, rateLimit: 150 },
    DescribeExecution: { burstLimit: 250, rateLimit: 10 },
    StopExecution: { burstLimit: 500, rateLimit: 25 },
    ListExecutions: { burstLimit: 100, rateLimit: 2 },
    SendTaskSuccess: { burstLimit: 1_500, rateLimit: 300 },
    SendTaskFailure: { burstLimit: 1_500, rateLimit: 300 },
    SendTaskHeartbeat: { burstLimit: 1_500, rateLimit: 300 },
  } satisfies Readonly<Record<string, RequestRate>>,
};

/** https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
export const cognitoLimits = {
  /** Items per page. */
  pageSize: 60,
  /** Requests per second, by category. */
  categories: {
    UserAuthentication: 120,
    UserCreation: 50,
    UserRead: 120,
    UserUpdate: 25,
    UserList: 30,
    UserResourceRead: 50,
    UserResourceUpdate: 25,
    UserPoolClientRead: 15,
  },
  /** Requests per second of each operation on a pool's clients and resource servers, within its category. */
  poolOperationRate: 5,
  categoryOf: {
    AdminInitiateAuth: 'UserAuthentication',
    AdminRespondToAuthChallenge: 'UserAuthentication',
    AssociateSoftwareToken: 'UserAuthentication',
    VerifySoftwareToken: 'UserAuthentication',
    AdminCreateUser: 'UserCreation',
    AdminGetUser: 'UserRead',
    AdminDeleteUser: 'UserUpdate',
    AdminDisableUser: 'UserUpdate',
    AdminEnableUser: 'UserUpdate',
    AdminSetUserPassword: 'UserUpdate',
    AdminUpdateUserAttributes: 'UserUpdate',
    AdminUserGlobalSignOut: 'UserUpdate',
    AdminAddUserToGroup: 'UserUpdate',
    AdminRemoveUserFromGroup: 'UserUpdate',
    AdminListGroupsForUser: 'UserResourceRead',
    ListUsers: 'UserList',
    ListUsersInGroup: 'UserList',
    DescribeUserPoolClient: 'UserPoolClientRead',
    ListUserPoolClients: 'UserPoolClientRead',
  },
} as const;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const sqsLimits = { messageBytes: MB };

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html */
export const dynamodbLimits = { nonKeyAttributes: 20 };

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html */
export const schedulerLimits = { inputBytes: 262_144 };
