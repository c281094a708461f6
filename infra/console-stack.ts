import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ConsoleConfiguration } from '../console/configuration.ts';
import { ConsoleDistribution } from './console-distribution.ts';
import { ConsoleFiles, rootFilesOf } from './console-files.ts';
import type { ConsoleSettings } from './console-settings.ts';
import { acknowledgeWildcards } from './nag-names.ts';
import type { Stage } from './stages.ts';

/** How users of the console sign in: its configuration, and the origins that it calls for this. */
export type ConsoleSignIn = { configuration: ConsoleConfiguration; origins: readonly string[] };

export type ConsoleStackProps = StackProps & {
  stage: Stage;
  settings: ConsoleSettings;
  signIn: ConsoleSignIn;
  /** The id of the HTTP API, and the paths of its routes. */
  api: { id: string; paths: readonly string[] };
  /** The folder of the built console. */
  folder: string;
};

/** The retention of replaced versions of files. */
const REPLACED_VERSIONS = Duration.days(30);

/**
 * The console: its files, and the distribution that serves them and the API on one origin. The stack holds no data, so that any release
 * can create it again. The local cloud has no such stack, as it serves the console itself.
 */
export class ConsoleStack extends Stack {
  readonly url: CfnOutput;

  constructor(scope: Construct, id: string, props: ConsoleStackProps) {
    super(scope, id, props);
    const { stage, settings, signIn, api, folder } = props;
    const files = new Bucket(this, 'Files', {
      ...privateBucket,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: REPLACED_VERSIONS }],
      // A deployment restores them.
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    // Safe, here and below: the types of the CDK conflict only because of `exactOptionalPropertyTypes`.
    const bucket = files as IBucket;
    Validations.of(files).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only CloudFront reads the bucket, and it logs each request.',
    });
    const { distribution } = new ConsoleDistribution(this, 'Distribution', {
      settings,
      files: bucket,
      rootFiles: rootFilesOf(folder),
      logs: this.accessLogs(stage) as IBucket,
      api: { domainName: `${api.id}.execute-api.${this.region}.${this.urlSuffix}`, paths: api.paths },
      connectTo: signIn.origins,
    });
    new ConsoleFiles(this, 'Release', {
      bucket,
      folder,
      configuration: signIn.configuration,
      logRetention: stage.logRetention,
    });
    this.acknowledgeUploads();
    this.url = new CfnOutput(this, 'ConsoleUrl', {
      value: `https://${settings.domain?.name ?? distribution.domainName}`,
    });
    // The target of the DNS record of a domain of your own.
    new CfnOutput(this, 'DistributionDomain', { value: distribution.domainName });
  }

  /** The bucket of access logs: CloudFront writes them to CloudWatch only from us-east-1, and to a bucket from any region. */
  private accessLogs({ keepsData, logRetention }: Stage): Bucket {
    const logs = new Bucket(this, 'AccessLog', {
      ...privateBucket,
      // CloudFront writes with an access control list.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [{ expiration: Duration.days(logRetention) }],
      ...(keepsData
        ? { removalPolicy: RemovalPolicy.RETAIN }
        : { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }),
    });
    Validations.of(logs).acknowledge({ id: 'AwsSolutions-S1', reason: 'It is the bucket of access logs.' });
    return logs;
  }

  /** Acknowledges the findings in the CDK's function that uploads files. It only runs during deployments. */
  private acknowledgeUploads(): void {
    const uploads = this.node.children.filter(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'));
    for (const upload of uploads) {
      acknowledgeWildcards(
        upload,
        'The objects of the bucket of files, and of the bucket to which the CDK uploads assets.',
      );
      Validations.of(upload).acknowledge(
        {
          id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
          reason: 'The CDK creates the role of the function that uploads files: the policy allows it to write its log.',
        },
        {
          id: 'AwsSolutions-L1',
          reason: 'The CDK chooses the runtime for the code of its function, and updates both.',
        },
      );
    }
  }
}

/** The settings of all buckets: no public access, TLS only, encryption. */
const privateBucket = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
} as const;
