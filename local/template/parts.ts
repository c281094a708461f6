import type { Statement } from '../iam/evaluate.ts';
import type { ResourceStatement } from './policy-schemas.ts';

/** A table, as DynamoDB's CreateTable takes it. */
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

/** What happens to an event that a function was given asynchronously and failed to handle. */
export type AsyncPolicy = { retries: number; maxAgeSeconds: number; onFailure?: string };

/** A role, with the statements of all its policies. */
export type RolePart = {
  name: string;
  arn: string;
  statements: readonly Statement[];
  trust: readonly ResourceStatement[];
};

/** Lets a service call a function: `AWS::Lambda::Permission`. */
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
  /** As Lambda has it: `index.handler`. */
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
  /** As API Gateway has it: `GET /v1/orders/{id}` or `$default`. */
  key: string;
  functionArn: string;
  timeoutMs: number;
  authorizer?: AuthorizerPart & { scopes: string[] };
};

export type HttpApiPart = {
  id: string;
  routes: RoutePart[];
  /** Those of a route of its own, by its key; it does not count for the others. */
  routeThrottles: Readonly<Record<string, { rateLimit: number; burstLimit: number }>>;
  /** Requests a second over all routes, and how many above that at once. */
  throttle?: { rateLimit: number; burstLimit: number };
};

export type SchedulePart = {
  name: string;
  everyMs: number;
  functionArn: string;
  /** Who calls the function: Scheduler by a role, a rule of EventBridge by the function's permission. */
  invoker: { kind: 'scheduler'; role: RolePart; group: string } | { kind: 'rule'; arn: string };
  /** What the function is given; what EventBridge says when it is absent. */
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

/** A client of a user pool that the template makes. */
export type UserPoolClientPart = {
  id: string;
  name: string;
  /** Of OAuth. */
  flows: string[];
  scopes: string[];
  /** In which ways a user may sign in through it. */
  authFlows: string[];
};

export type UserPoolPart = {
  id: string;
  arn: string;
  /** The attributes that a user may have, as Cognito calls them. */
  attributes: string[];
  groups: string[];
  clients: UserPoolClientPart[];
  /** Makes claims of access tokens. */
  claimsFunctionArn?: string;
};

/** A function that reads a table's stream. */
export type StreamReaderPart = {
  /** Tells apart the readers of one function. */
  name: string;
  functionArn: string;
  streamArn: string;
  batchSize: number;
  /** How many batches of one shard are handed over at a time; records of one item stay in order. */
  batchesPerShard: number;
  /** How often what fails is tried again; without end when negative. */
  retries: number;
  onFailure?: string;
  reportsItemFailures: boolean;
  bisects: boolean;
  /** What lets a record through, any of them; every record when there is none. */
  filters: Readonly<Record<string, unknown>>[];
};

/** All that the local cloud runs, read from the synthesised templates. */
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
  /** Who may call which function, apart from roles. */
  invokePermissions: InvokePermissionPart[];
  /** Statements of the policies of queues. */
  queuePolicies: ResourceStatement[];
};
