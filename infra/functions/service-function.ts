import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  Code,
  type IFunction,
  type IVersion,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import type { Bundle } from './bundles.ts';

/** The service name in logs and metrics, and the tag of all resources. */
export const SERVICE = 'sim-fulfilment';

/** The metrics namespace of a stage. Several stages can share an account. */
export const metricsNamespace = ({ name }: Stage) => `SimFulfilment-${name}`;

/** The alias through which functions and the state machine are called. */
export const LIVE = 'live';

export type ServiceFunctionProps = {
  stage: Stage;
  bundle: Bundle;
  description: string;
  timeout: Duration;
  /** Determines the share of a core; 512 when omitted. */
  memoryMb?: number;
  /** Variables in addition to the stage and the settings of logs and metrics. */
  environment: Readonly<Record<string, string>>;
  /** The maximum number of concurrent invocations, reserved from the concurrency of the account. */
  reservedConcurrency?: number;
  /** Permissions in addition to writing logs and traces. */
  statements: readonly PolicyStatement[];
  /** Whether it is called through an alias of a version instead of directly. */
  versioned?: boolean;
  /** For functions that are invoked asynchronously: the queue for events that they fail to handle. */
  deadLetters?: IQueue;
};

/**
 * A Lambda function: Node 24 on arm64, traced, with its own role and log group.
 *
 * The role is closed: constructs that the function is passed to cannot add permissions.
 */
export class ServiceFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;
  /** The target of invocations: the alias of a versioned function, otherwise the function itself. */
  readonly invoked: IFunction;
  /** The alias of a versioned function. */
  readonly live: Alias | undefined;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { stage, bundle, deadLetters } = props;

    const logGroup = new LogGroup(this, 'Logs', {
      retention: stage.logRetention,
      removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });

    const statements = [
      ...props.statements,
      ...(deadLetters
        ? [new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] })]
        : []),
    ];
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      // Part of the role: a policy of its own for each function would count towards the 500 resources of the stack.
      inlinePolicies: {
        ...(statements.length > 0 && { Work: new PolicyDocument({ statements }) }),
        Observe: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
            new PolicyStatement({
              actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
              resources: ['*'],
            }),
          ],
        }),
      },
    });
    if (statements.some(({ resources }) => resources.includes('*'))) {
      throw new Error(`${id} has a permission on all resources, which the following exception would hide from cdk-nag`);
    }
    Validations.of(this.role.node.defaultChild ?? this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray does not support resource-level permissions for the two actions that send traces.',
    });

    const afterFailure = deadLetters && {
      onFailure: new SqsDestination(deadLetters),
      retryAttempts: 2,
      maxEventAge: Duration.minutes(15),
    };
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: Code.fromAsset(bundle.folder),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb ?? 512,
      timeout: props.timeout,
      tracing: Tracing.ACTIVE,
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      logGroup,
      role: this.role.withoutPolicyUpdates(),
      environment: {
        STAGE: stage.name,
        ...props.environment,
        POWERTOOLS_SERVICE_NAME: SERVICE,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(stage),
        POWERTOOLS_LOG_LEVEL: stage.logLevel,
      },
      // Earlier versions are kept for a manual rollback.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(!props.versioned && afterFailure),
    });
    // Safe, here and below: the types of the CDK conflict only because of `exactOptionalPropertyTypes`.
    this.live = props.versioned
      ? new Alias(this, 'Live', {
          aliasName: LIVE,
          version: this.lambda.currentVersion as IVersion,
          ...afterFailure,
        })
      : undefined;
    this.invoked = (this.live ?? this.lambda) as IFunction;
  }

  /** All ARNs of invocations. Definitions of the state machine from before the function was versioned call it directly. */
  get arns(): string[] {
    return [this.lambda.functionArn, ...(this.live ? [this.live.functionArn] : [])];
  }
}
