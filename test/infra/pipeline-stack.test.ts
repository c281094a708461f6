import { beforeAll, describe, expect, test } from '@jest/globals';
import { driftReads } from '../../infra/drift-reads.ts';
import { pipelineProps, resourcesOf, synthesised, synthesisedPipeline, type Template } from './synthesised.ts';

const { connectionArn } = pipelineProps;
let roles: Awaited<ReturnType<typeof synthesisedPipeline>>;
let template: Template;

beforeAll(async () => {
  roles = await synthesisedPipeline(pipelineProps);
  template = roles.pipeline;
}, 120_000);

type PipelineStage = { Name: string; Actions: { Name: string; ActionTypeId: { Category: string } }[] };

function stages(): PipelineStage[] {
  const [pipeline] = resourcesOf(template, 'AWS::CodePipeline::Pipeline').values();
  // Safe: a pipeline's stages have this shape in a template.
  return pipeline?.Properties.Stages as PipelineStage[];
}

/** What the project of a step runs. */
function buildSpecOf(step: string): string {
  const projects = [...resourcesOf(template, 'AWS::CodeBuild::Project')];
  const [, project] = projects.find(([id]) => id.includes(step)) ?? [];
  return JSON.stringify(project?.Properties.Source);
}

/** It has passed cdk-nag and the rules of CloudFormation, or there would be no template. */
describe('the pipeline', () => {
  test('goes from a push through all checks to staging, acceptance, a manual approval and production', () => {
    expect(stages().map(({ Name }) => Name)).toEqual([
      'Source',
      'Build',
      'UpdatePipeline',
      'Assets',
      'Staging',
      'Production',
    ]);
    const [, , , , staging, production] = stages();
    expect(staging?.Actions.at(-1)?.Name).toBe('Acceptance');
    expect(production?.Actions.find(({ ActionTypeId }) => ActionTypeId.Category === 'Approval')?.Name).toBe('Release');
    const names = production?.Actions.map(({ Name }) => Name) ?? [];
    expect(names).toContain('SimFulfilment-production-Data.Deploy');
    expect(names).toContain('SimFulfilment-production-Console.Deploy');
    expect(names).not.toContain('SimFulfilment-production-Sandbox.Deploy');
  });

  test('runs the checks of CI, and updates itself from the same repository', () => {
    const check = buildSpecOf('Check');
    // By its interpreter: a source archive keeps no run bits.
    expect(check).toContain('"bash .ci/run');
    expect(check).toContain('"npm run supply-chain');
    expect(check).toContain("--app 'node infra/pipeline-app.ts' -c 'repository=acme/sim-fulfilment'");
    expect(check).toContain(connectionArn);
    expect(check).toContain("-c 'alarmEmail=oncall@acme.net'");
  });

  test('tests the deployment at its base URL', () => {
    expect(buildSpecOf('Acceptance')).toContain('npm run acceptance');
  });

  test('tests staging, and protects production from deletion, with a role of the stage that may only do this', () => {
    const granted = (template: Template) =>
      [...resourcesOf(template, 'AWS::IAM::Role')].flatMap(([id, { Properties }]) =>
        id.startsWith('Pipeline') ? [{ name: Properties.RoleName, actions: actionsIn(Properties.Policies) }] : [],
      );
    expect(granted(roles.staging)).toEqual([
      {
        name: 'sim-fulfilment-staging-pipeline',
        actions: [
          'cognito-idp:AdminAddUserToGroup',
          'cognito-idp:AdminCreateUser',
          'cognito-idp:AdminInitiateAuth',
          'cognito-idp:AdminSetUserPassword',
          'secretsmanager:GetSecretValue',
        ],
      },
    ]);
    expect(granted(roles.production)).toEqual([
      { name: 'sim-fulfilment-production-pipeline', actions: ['cloudformation:UpdateTerminationProtection'] },
    ]);
    expect(buildSpecOf('Acceptance')).toContain('role/sim-fulfilment-staging-pipeline');
    const protect = buildSpecOf('Protect');
    expect(protect).toContain('role/sim-fulfilment-production-pipeline');
    for (const part of ['Data', 'Identity']) {
      expect(protect).toContain(
        `aws cloudformation update-termination-protection --enable-termination-protection --stack-name SimFulfilment-production-${part}`,
      );
    }
  });
});

describe('the role that detects drift', () => {
  const drift = (template: Template) => {
    const [, role] = [...resourcesOf(template, 'AWS::IAM::Role')].find(([id]) => id.startsWith('Drift')) ?? [];
    if (!role) throw new Error('There is no role for drift');
    return role.Properties;
  };

  test('can be assumed only by the repository’s own branch', () => {
    for (const template of [roles.staging, roles.production]) {
      expect(drift(template).AssumeRolePolicyDocument).toMatchObject({
        Statement: [
          {
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: {
                'token.actions.githubusercontent.com:sub': 'repo:acme/sim-fulfilment:ref:refs/heads/main',
              },
            },
          },
        ],
      });
    }
  });

  test('cannot read data, secrets or logs, assume other roles, or change anything', () => {
    const { ManagedPolicyArns, Policies } = drift(roles.production);
    expect(ManagedPolicyArns).toBeUndefined();
    const actions = actionsIn(Policies);
    expect(actions.length).toBeGreaterThan(50);
    for (const action of actions) {
      // An allow list of verbs that read settings: none of an item, a message, a log line, a user or the value of a secret.
      expect(action).toMatch(/^[a-z0-9-]+:(Describe|Detect|Get|List|View)[A-Za-z]*$|^apigateway:GET$/);
    }
    const revealing =
      /GetItem|Query|Scan|GetRecords|GetSecretValue|GetLogEvents|GetLogRecord|GetQueryResults|GetObject|ReceiveMessage|UserPoolClient$|AdminGet|ListUsers|GetExecutionHistory|DescribeExecution|ListExecutions|GetParameter/;
    expect(actions.filter((action) => revealing.test(action))).toEqual([]);
  });

  test('can read the settings of every resource type of a stage, except those with secrets', async () => {
    const stages = [await synthesised({ stage: 'staging' }), await synthesised({ stage: 'production' })];
    const types = stages
      .flatMap(({ data, identity, sandbox, service, console }) => [data, identity, sandbox, service, console])
      .flatMap((template) => Object.values(template?.Resources ?? {}).map(({ Type }) => Type))
      // CloudFormation does not compare custom resources, here uploads.
      .filter((type) => !type.startsWith('Custom::'));
    expect([...new Set(types)].filter((type) => driftReads[type] === undefined)).toEqual([]);
    expect(Object.entries(driftReads).flatMap(([type, actions]) => (actions ? [] : [type]))).toEqual([
      'AWS::Cognito::UserPoolClient',
    ]);
  }, 180_000);
});

describe('a pipeline to an account for each stage', () => {
  const context = {
    pipelineAccount: '111111111111',
    pipelineRegion: 'eu-west-1',
    stagingAccount: '222222222222',
    stagingRegion: 'eu-west-1',
    productionAccount: '333333333333',
    productionRegion: 'eu-west-1',
  };

  test('deploys to each, and acts there with a role that only the pipeline can assume', async () => {
    const { pipeline, staging } = await synthesisedPipeline({
      ...pipelineProps,
      context,
      env: { account: context.pipelineAccount, region: context.pipelineRegion },
    });
    const text = JSON.stringify(pipeline);
    for (const account of [context.stagingAccount, context.productionAccount]) {
      expect(text).toContain(`:iam::${account}:role/cdk-hnb659fds-deploy-role-${account}-eu-west-1`);
    }
    expect(text).toContain(`:iam::${context.stagingAccount}:role/sim-fulfilment-staging-pipeline`);
    // Artifacts are encrypted with a key that the other accounts may use.
    expect(resourcesOf(pipeline, 'AWS::KMS::Key').size).toBe(1);
    const [, role] = [...resourcesOf(staging, 'AWS::IAM::Role')].find(([id]) => id.startsWith('Pipeline')) ?? [];
    const trust = JSON.stringify(role?.Properties.AssumeRolePolicyDocument);
    expect(trust).toContain(`:iam::${context.pipelineAccount}:root`);
    expect(trust).toContain(`:iam::${context.pipelineAccount}:role/Pipeline-*`);
  }, 120_000);
});

/** All actions that inline policies of a role allow, in order. */
function actionsIn(policies: unknown): string[] {
  // Safe: what the CDK writes as inline policies has this shape.
  const documents = policies as { PolicyDocument: { Statement: { Action: string | string[] }[] } }[];
  return documents.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => Action)).sort();
}
