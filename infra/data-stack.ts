import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { table } from '../adapters/dynamodb/table.ts';
import { PLACEHOLDER_KEY } from '../adapters/operators/placeholder.ts';
import { stackSuffix } from './stack-suffix.ts';
import type { Stage } from './stages.ts';

/** The stack that keeps data: the table, and the secret with the operators' API keys. Releases replace neither. */
export class DataStack extends Stack {
  readonly table: Table;
  readonly operatorsSecret: Secret;

  constructor(scope: Construct, id: string, props: StackProps & { stage: Stage }) {
    const { stage } = props;
    super(scope, id, { ...props, terminationProtection: stage.isProtected });
    const removalPolicy = stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    this.table = new Table(this, 'Table', {
      partitionKey: { name: table.partitionKey, type: AttributeType.STRING },
      sortKey: { name: table.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: table.timeToLive,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.isProtected,
      removalPolicy,
    });
    const { due, ...lists } = table.indexes;
    for (const index of Object.values(lists)) {
      this.table.addGlobalSecondaryIndex({
        ...keysOf(index),
        // Not INCLUDE: an index takes at most 20 further attributes, and its projection can never be changed.
        projectionType: ProjectionType.ALL,
      });
    }
    this.table.addGlobalSecondaryIndex({ ...keysOf(due), projectionType: ProjectionType.KEYS_ONLY });
    new CfnOutput(this, 'TableName', { value: this.table.tableName });

    if (stage.keepsData) this.backUp(stage);

    // The generated value is a placeholder, to be replaced with the operators' keys. The template contains no value, so that deployments
    // do not overwrite the real one.
    this.operatorsSecret = new Secret(this, 'OperatorsSecret', {
      description:
        'URL and API key of each operator, as JSON: { "<operator id>": { "baseUrl": "https://...", "apiKey": "..." }, ... }',
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: PLACEHOLDER_KEY },
      removalPolicy,
    });
    // Exported even while the functions use the sandbox's secret. If the export depended on `-c sandbox=false`, it could not be removed
    // again while the functions still import it.
    this.exportValue(this.operatorsSecret.secretArn);
    Validations.of(this.operatorsSecret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Operators issue the keys and offer no API to rotate them.',
    });
  }

  /**
   * Backups that survive the deletion of the table, unlike point-in-time recovery, which covers 35 days. Daily backups are kept for
   * 35 days, monthly ones for a year.
   */
  private backUp(stage: Stage): void {
    const vault = new BackupVault(this, 'Backups', {
      backupVaultName: `sim-fulfilment-${stage.name}-${stackSuffix()}`,
      removalPolicy: RemovalPolicy.RETAIN,
      // Deleting a backup early requires the permission to remove the lock.
      lockConfiguration: { minRetention: Duration.days(35) },
    });
    const plan = new BackupPlan(this, 'BackupPlan', {
      backupVault: vault,
      backupPlanRules: [
        new BackupPlanRule({
          ruleName: 'Daily',
          scheduleExpression: Schedule.cron({ hour: '2', minute: '30' }),
          deleteAfter: Duration.days(35),
        }),
        new BackupPlanRule({
          ruleName: 'Monthly',
          scheduleExpression: Schedule.cron({ day: '1', hour: '3', minute: '30' }),
          deleteAfter: Duration.days(365),
        }),
      ],
    });
    const selection = plan.addSelection('Table', { resources: [BackupResource.fromDynamoDbTable(this.table)] });
    Validations.of(selection).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup]',
      reason: "AWS's managed policy for the role of AWS Backup.",
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
