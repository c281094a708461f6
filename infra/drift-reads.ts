/**
 * What CloudFormation reads to compare a resource with its template, by type of resource: the settings of a resource, never what
 * it holds. CloudFormation reads as the caller, and reports a resource as unknown whose settings the caller may not read.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html, and the `read` handlers of the resource
 * types. `null` marks types that stay unknown, because reading their settings would reveal a secret.
 */
export const driftReads: Readonly<Record<string, readonly string[] | null>> = {
  'AWS::ApiGatewayV2::Api': ['apigateway:GET'],
  'AWS::ApiGatewayV2::Authorizer': ['apigateway:GET'],
  'AWS::ApiGatewayV2::Integration': ['apigateway:GET'],
  'AWS::ApiGatewayV2::Route': ['apigateway:GET'],
  'AWS::ApiGatewayV2::Stage': ['apigateway:GET'],
  'AWS::Backup::BackupPlan': ['backup:GetBackupPlan', 'backup:ListTags'],
  'AWS::Backup::BackupSelection': ['backup:GetBackupSelection'],
  'AWS::Backup::BackupVault': [
    'backup:DescribeBackupVault',
    'backup:GetBackupVaultAccessPolicy',
    'backup:GetBackupVaultNotifications',
    'backup:ListTags',
  ],
  'AWS::Budgets::Budget': ['budgets:ViewBudget', 'budgets:ListTagsForResource'],
  'AWS::CE::AnomalyMonitor': ['ce:GetAnomalyMonitors', 'ce:ListTagsForResource'],
  'AWS::CE::AnomalySubscription': ['ce:GetAnomalySubscriptions', 'ce:ListTagsForResource'],
  'AWS::CloudWatch::Alarm': ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'],
  'AWS::CloudWatch::Dashboard': ['cloudwatch:GetDashboard'],
  'AWS::CodeDeploy::Application': ['codedeploy:GetApplication', 'codedeploy:ListTagsForResource'],
  'AWS::CodeDeploy::DeploymentGroup': ['codedeploy:GetDeploymentGroup', 'codedeploy:ListTagsForResource'],
  'AWS::Cognito::ManagedLoginBranding': ['cognito-idp:DescribeManagedLoginBranding'],
  'AWS::Cognito::UserPool': [
    'cognito-idp:DescribeUserPool',
    'cognito-idp:GetUserPoolMfaConfig',
    'cognito-idp:ListTagsForResource',
  ],
  // Describing a client also returns the secrets of the clients of partners' systems.
  'AWS::Cognito::UserPoolClient': null,
  'AWS::Cognito::UserPoolDomain': ['cognito-idp:DescribeUserPoolDomain'],
  'AWS::Cognito::UserPoolGroup': ['cognito-idp:GetGroup'],
  'AWS::DynamoDB::Table': [
    'dynamodb:DescribeContinuousBackups',
    'dynamodb:DescribeContributorInsights',
    'dynamodb:DescribeKinesisStreamingDestination',
    'dynamodb:DescribeTable',
    'dynamodb:DescribeTimeToLive',
    'dynamodb:GetResourcePolicy',
    'dynamodb:ListTagsOfResource',
  ],
  'AWS::IAM::Policy': ['iam:GetRolePolicy'],
  'AWS::IAM::Role': ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
  'AWS::Lambda::Alias': ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig'],
  'AWS::Lambda::EventInvokeConfig': ['lambda:GetFunctionEventInvokeConfig'],
  'AWS::Lambda::EventSourceMapping': ['lambda:GetEventSourceMapping', 'lambda:ListTags'],
  'AWS::Lambda::Function': [
    'lambda:GetFunction',
    'lambda:GetFunctionCodeSigningConfig',
    'lambda:GetFunctionRecursionConfig',
    'lambda:GetRuntimeManagementConfig',
    'lambda:ListTags',
  ],
  'AWS::Lambda::Permission': ['lambda:GetPolicy'],
  'AWS::Lambda::Url': ['lambda:GetFunctionUrlConfig'],
  'AWS::Lambda::Version': ['lambda:GetFunction', 'lambda:GetProvisionedConcurrencyConfig'],
  'AWS::Logs::LogGroup': [
    'logs:DescribeIndexPolicies',
    'logs:DescribeLogGroups',
    'logs:GetDataProtectionPolicy',
    'logs:ListTagsForResource',
  ],
  'AWS::SNS::Subscription': ['sns:GetSubscriptionAttributes'],
  'AWS::SNS::Topic': [
    'sns:GetDataProtectionPolicy',
    'sns:GetTopicAttributes',
    'sns:ListSubscriptionsByTopic',
    'sns:ListTagsForResource',
  ],
  'AWS::SNS::TopicPolicy': ['sns:GetTopicAttributes'],
  'AWS::SQS::Queue': ['sqs:GetQueueAttributes', 'sqs:ListQueueTags'],
  'AWS::SQS::QueuePolicy': ['sqs:GetQueueAttributes'],
  'AWS::Scheduler::Schedule': ['scheduler:GetSchedule'],
  // Its settings, never its value.
  'AWS::SecretsManager::Secret': ['secretsmanager:DescribeSecret'],
  'AWS::StepFunctions::StateMachine': ['states:DescribeStateMachine', 'states:ListTagsForResource'],
  'AWS::StepFunctions::StateMachineAlias': ['states:DescribeStateMachineAlias'],
  'AWS::StepFunctions::StateMachineVersion': ['states:DescribeStateMachine'],
};
