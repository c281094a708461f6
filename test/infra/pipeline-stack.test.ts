import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { resources } from '../../functions/api/routes.ts';
import { PipelineStack } from '../../infra/pipeline-stack.ts';
import { checkedApp } from '../../infra/sim-fulfilment-app.ts';
import { stageFrom } from '../../infra/stages.ts';
import { cdk, emptyBundles, resourcesOf } from './synthesised.ts';

const connectionArn = 'arn:aws:codeconnections:eu-west-2:123456789012:connection/abc';
const stage = (name: string) => stageFrom((key) => (key === 'stage' ? name : undefined));
let template: Template;
let synthesise: () => unknown;

beforeAll(async () => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'pipeline-'));
  const app = await checkedApp({ outdir, context: cdk.context, validate: true });
  const stack = new PipelineStack(app, 'Pipeline', {
    resources,
    bundles: emptyBundles(outdir),
    repository: 'acme/sim-fulfilment',
    branch: 'main',
    connectionArn,
    context: { repository: 'acme/sim-fulfilment', connectionArn, alarmEmail: 'oncall@acme.net' },
    staging: stage('staging'),
    production: stage('production'),
  });
  synthesise = () => app.synth();
  template = Template.fromStack(stack);
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

describe('the pipeline', () => {
  test('goes from a push by every check to staging, its acceptance, somebody’s yes, and production', () => {
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
    expect(names).not.toContain('SimFulfilment-production-Sandbox.Deploy');
  });

  test('checks what CI checks, and makes itself anew of the same repository', () => {
    const check = buildSpecOf('Check');
    expect(check).toContain('.ci/run');
    expect(check).toContain("--app 'node infra/pipeline-app.ts' -c 'repository=acme/sim-fulfilment'");
    expect(check).toContain(connectionArn);
    expect(check).toContain("-c 'alarmEmail=oncall@acme.net'");
  });

  test('tests what is deployed by its base URL', () => {
    expect(buildSpecOf('Acceptance')).toContain('npm run acceptance');
  });

  test('lets the repository’s own branch look for drift, and no other', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: Match.objectLike({
                'token.actions.githubusercontent.com:sub': 'repo:acme/sim-fulfilment:ref:refs/heads/main',
              }),
            },
          }),
        ],
      },
    });
  });

  test('passes cdk-nag and the rules of CloudFormation', () => {
    expect(synthesise).not.toThrow();
    expect(process.exitCode ?? 0).toBe(0);
  });
});
