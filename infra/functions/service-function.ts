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

/** Under which functions log and count, and what everything is tagged with. */
export const SERVICE = 'sim-fulfilment';

/** A namespace for each stage: several may be in one account. */
export const metricsNamespace = ({ name }: Stage) => `SimFulfilment-${name}`;

/** The alias of what callers have: of functions, and of the state machine. */
export const LIVE = 'live';

export type ServiceFunctionProps = {
  stage: Stage;
  bundle: Bundle;
  description: string;
  timeout: Duration;
  /** Lambda gives a share of a core with it; 512 when left out. */
  memoryMb?: number;
  /** Beside what every function knows: its stage, and how it logs and counts. */
  environment: Readonly<Record<string, string>>;
  /** How many invocations of it run at the same time at most, taken from what the account has for all others. */
  reservedConcurrency?: number;
  /** All that it may do besides writing its log and its traces. */
  statements: readonly PolicyStatement[];
  /** Whether callers have a version of it, by an alias, instead of the function as it was deployed last. */
  versioned?: boolean;
  /** Given when it is invoked asynchronously: where an event goes that it failed to handle. */
  deadLetters?: IQueue;
};

/**
 * One Lambda function: Node 24 on arm64, traced, with a role and a log group of its own.
 *
 * Its role is written by hand and closed: no construct that the function is passed to can widen it.
 */
export class ServiceFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;
  /** What is invoked: the alias of one that is versioned, else the function itself. */
  readonly invoked: IFunction;
  /** The alias, of one that is versioned. */
  readonly live: Alias | undefined;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { stage, bundle, deadLetters } = props;

    const logGroup = new LogGroup(this, 'Logs', {
      retention: stage.logRetention,
      removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });

    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
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
    // On the role's own resource, so that it says nothing about the policies attached to it.
    Validations.of(this.role.node.defaultChild ?? this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray offers no resource to name for the two actions that send traces.',
    });
    for (const statement of props.statements) this.role.addToPrincipalPolicy(statement);
    if (deadLetters) {
      this.role.addToPrincipalPolicy(
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
      );
    }

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
      // The version before stays, to go back to by hand.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(!props.versioned && afterFailure),
    });
    // Safe, here and below: only the types of the CDK say that what may have no role says so in another way.
    this.live = props.versioned
      ? new Alias(this, 'Live', {
          aliasName: LIVE,
          version: this.lambda.currentVersion as IVersion,
          ...afterFailure,
        })
      : undefined;
    this.invoked = (this.live ?? this.lambda) as IFunction;
  }

  /** All by which it may be called. A state machine's definition of before it was versioned names the function itself. */
  get arns(): string[] {
    return [this.lambda.functionArn, ...(this.live ? [this.live.functionArn] : [])];
  }
}
