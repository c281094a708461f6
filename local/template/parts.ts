import type { Statement } from '../iam/evaluate.ts';
import type { ResourceStatement } from './policy-schemas.ts';

/** An index, as in DynamoDB's CreateTable. */
export type TableIndex = {
  IndexName: string;
  KeySchema: { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];
  Projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] | undefined };
};

export type TablePart = {
  name: string;
  streamArn: string;
  attributes: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
  keys: TableIndex['KeySchema'];
  globalIndexes: TableIndex[];
  localIndexes: TableIndex[];
  streamView?: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';
};

/** How failed asynchronous invocations are retried, and where they go after that. */
export type AsyncPolicy = { retries: number; maxAgeSeconds: number; onFailure?: string };

/** A role, with the statements of all its policies. */
export type RolePart = {
  name: string;
  arn: string;
  statements: readonly Statement[];
  trust: readonly ResourceStatement[];
};

/** A permission of a service to call a function: `AWS::Lambda::Permission`. */
export type InvokePermissionPart = {
  functionArn: string;
  principal: string;
  sourceArn?: string;
  sourceAccount?: string;
};

export type FunctionPart = {
  name: string;
  arn: string;
  /** The folder of its deployed bundle. */
  folder: string;
  /** In Lambda's format: `index.handler`. */
  handler: string;
  role: RolePart;
  logGroup: string;
  environment: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  memoryMb: number;
  reservedConcurrency?: number;
  asynchronously: AsyncPolicy;
};

export type AuthorizerPart = { id: string; issuer: string; audience: string[] };

export type RoutePart = {
  /** In API Gateway's format: `GET /v1/orders/{id}` or `$default`. */
  key: string;
  functionArn: string;
  /** The role with which API Gateway invokes the function; without one, the function's permissions decide. */
  role?: RolePart;
  timeoutMs: number;
  authorizer?: AuthorizerPart & { scopes: string[] };
};

export type HttpApiPart = {
  id: string;
  routes: RoutePart[];
  /** Throttles of single routes, by route key; these routes do not count towards `throttle`. */
  routeThrottles: Readonly<Record<string, { rateLimit: number; burstLimit: number }>>;
  /** Requests per second over all other routes, and the burst. */
  throttle?: { rateLimit: number; burstLimit: number };
};

export type SchedulePart = {
  name: string;
  everyMs: number;
  functionArn: string;
  /** The caller: Scheduler with a role, or an EventBridge rule with the function's permission. */
  invoker: { kind: 'scheduler'; role: RolePart; group: string } | { kind: 'rule'; arn: string };
  /** The function's event. Default: EventBridge's scheduled event. */
  input?: string;
  deadLetterArn?: string;
};

export type StateMachinePart = { name: string; arn: string; role: RolePart; writesLogs: boolean; definition: unknown };

export type SecretPart = {
  name: string;
  arn: string;
  value?: string;
  generate?: { template?: string; key?: string; length: number };
};

export type QueuePart = { name: string; arn: string };

/** A user pool client of the template. */
export type UserPoolClientPart = {
  id: string;
  name: string;
  /** OAuth flows. */
  flows: string[];
  scopes: string[];
  /** Where the sign-in page may return to. */
  callbackUrls: string[];
  /** The ways in which a user may sign in. */
  authFlows: string[];
  hasSecret: boolean;
  /** The validity of its access tokens. */
  tokenSeconds: number;
};

/** The rules for passwords of users. */
export type PasswordPolicy = {
  minLength: number;
  /** The kinds of characters that a password must have. */
  required: ('lowercase' | 'uppercase' | 'numeric' | 'symbol')[];
  /** How many earlier passwords, the current one included, cannot be used again. */
  remembered: number;
  temporaryDays: number;
};

export type UserPoolPart = {
  id: string;
  arn: string;
  /** The names of the attributes that a user may have. */
  attributes: string[];
  groups: string[];
  clients: UserPoolClientPart[];
  /** The function that adds claims to access tokens. */
  claimsFunctionArn?: string;
  /** The function that writes emails to users. */
  messageFunctionArn?: string;
  passwordPolicy: PasswordPolicy;
  /** Whether a sign-in needs a code of an authenticator app: always, for users who have registered one, or never. */
  secondFactor: 'ON' | 'OPTIONAL' | 'OFF';
};

/** A function that reads a table's stream. */
export type StreamReaderPart = {
  /** Distinguishes the readers of one function. */
  name: string;
  functionArn: string;
  streamArn: string;
  batchSize: number;
  /** The number of concurrent batches per shard; records of one item stay in order. */
  batchesPerShard: number;
  /** The number of retries; unlimited when negative. */
  retries: number;
  onFailure?: string;
  reportsItemFailures: boolean;
  bisects: boolean;
  /** A record must match one of these patterns; without patterns every record passes. */
  filters: Readonly<Record<string, unknown>>[];
};

/** Everything that the local cloud runs, read from the synthesised templates. */
export type Parts = {
  tables: TablePart[];
  functions: FunctionPart[];
  httpApis: HttpApiPart[];
  schedules: SchedulePart[];
  stateMachines: StateMachinePart[];
  secrets: SecretPart[];
  queues: QueuePart[];
  userPools: UserPoolPart[];
  streamReaders: StreamReaderPart[];
  /** Resource-based permissions to call functions. */
  invokePermissions: InvokePermissionPart[];
  /** Statements of queue policies. */
  queuePolicies: ResourceStatement[];
};
