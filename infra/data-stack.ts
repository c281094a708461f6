import { CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { table } from '../adapters/dynamodb/table.ts';
import type { Stage } from './stages.ts';

/** What keeps data: the one table, and the secret with which operators are called. Nothing here is replaced by a release. */
export class DataStack extends Stack {
  readonly table: Table;
  readonly operatorsSecret: Secret;

  constructor(scope: Construct, id: string, props: StackProps & { stage: Stage }) {
    const { stage } = props;
    super(scope, id, { ...props, terminationProtection: stage.keepsData });
    const removalPolicy = stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    this.table = new Table(this, 'Table', {
      partitionKey: { name: table.partitionKey, type: AttributeType.STRING },
      sortKey: { name: table.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: table.timeToLive,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.keepsData,
      removalPolicy,
    });
    const { due, ...lists } = table.indexes;
    for (const index of Object.values(lists)) {
      this.table.addGlobalSecondaryIndex({
        ...keysOf(index),
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [...table.listAttributes],
      });
    }
    this.table.addGlobalSecondaryIndex({ ...keysOf(due), projectionType: ProjectionType.KEYS_ONLY });
    new CfnOutput(this, 'TableName', { value: this.table.tableName });

    // The generated value only makes the secret exist: whoever holds the operators' keys puts the real one in its place.
    // It stands nowhere in the template, so that no deployment ever puts it back.
    this.operatorsSecret = new Secret(this, 'OperatorsSecret', {
      description:
        'How each operator is called, as JSON: { "<operator id>": { "baseUrl": "https://...", "apiKey": "..." }, ... }',
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'placeholder' },
      removalPolicy,
    });
    Validations.of(this.operatorsSecret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The keys are issued by the operators, who offer no way to rotate them by machine.',
    });
  }
}

function keysOf(index: { name: string; partitionKey: string; sortKey: string }) {
  return {
    indexName: index.name,
    partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
    sortKey: { name: index.sortKey, type: AttributeType.STRING },
  };
}
