import { CfnOutput, Duration, RemovalPolicy, SecretValue, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ANY_OPERATOR } from '../adapters/operators/configuration.ts';
import type { Bundles } from './functions/bundles.ts';
import { sandboxEntry } from './functions/entries.ts';
import { ServiceFunction } from './functions/service-function.ts';
import type { Stage } from './stages.ts';

/**
 * The stand-in for the operators, for stages without real SIMs: a function behind its own URL, its table, and the secret with which
 * the system calls it. It keeps no valuable data.
 */
export class SandboxStack extends Stack {
  /** The operators' configuration, instead of `OperatorsSecret` of the data stack. */
  readonly operatorsSecret: Secret;
  /** The API key of callers. */
  readonly apiKey: Secret;
  /** The URL, and the ARN of the secret with the API key. */
  readonly outputs: Readonly<Record<'url' | 'key', CfnOutput>>;

  constructor(scope: Construct, id: string, props: StackProps & { stage: Stage; bundles: Bundles }) {
    const { stage, bundles } = props;
    super(scope, id, props);

    const table = new Table(this, 'Books', {
      partitionKey: { name: 'operatorId', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason: 'State of the sandbox operator about SIMs that are not real: it may be lost.',
    });
    this.apiKey = new Secret(this, 'ApiKey', {
      description: 'API key of the sandbox operator',
      generateSecretString: { excludePunctuation: true, passwordLength: 40 },
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const { apiKey } = this;

    const bundle = bundles.get(sandboxEntry);
    if (!bundle) throw new Error(`${sandboxEntry} was not bundled`);
    const { lambda } = new ServiceFunction(this, 'Operators', {
      stage,
      bundle,
      description: 'The sandbox operator',
      timeout: Duration.seconds(20),
      // The URL is open to the internet: a flood of calls must not use up the concurrency of the service.
      ...(stage.concurrency.sandbox !== undefined && { reservedConcurrency: stage.concurrency.sandbox }),
      environment: { TABLE_NAME: table.tableName, API_KEY_SECRET: apiKey.secretArn },
      statements: [
        new PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [table.tableArn] }),
        new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [apiKey.secretArn] }),
      ],
    });
    // Like a real operator's API: open to the internet, with an API key.
    const { url } = lambda.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });

    this.operatorsSecret = new Secret(this, 'OperatorsSecret', {
      description: 'URL and API key of each operator: those of the sandbox',
      // A reference that CloudFormation resolves: no template contains the key.
      secretStringValue: SecretValue.unsafePlainText(
        this.toJsonString({
          [ANY_OPERATOR]: {
            baseUrl: `${url}operators/{operatorId}`,
            apiKey: apiKey.secretValue.unsafeUnwrap(),
            // The password is the key; the sandbox takes any other credentials.
            iotAccelerator: {
              clientId: 'cm-public-api-client',
              username: 'sandbox',
              password: apiKey.secretValue.unsafeUnwrap(),
              companyId: '78000003',
            },
            controlCenter: {
              username: 'sandbox',
              apiKey: apiKey.secretValue.unsafeUnwrap(),
              pushSecret: apiKey.secretValue.unsafeUnwrap(),
            },
          },
        }),
      ),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const secret of [apiKey, this.operatorsSecret]) {
      Validations.of(secret).acknowledge({
        id: 'AwsSolutions-SMG4',
        reason: 'The key of the sandbox operator, which has no real SIMs. A deployment can replace it.',
      });
    }
    this.outputs = {
      url: new CfnOutput(this, 'SandboxUrl', { value: url }),
      key: new CfnOutput(this, 'SandboxKey', { value: apiKey.secretArn }),
    };
  }
}
