import { beforeAll, describe, expect, test } from '@jest/globals';
import { expectResource, resourcesOf, synthesisedPipeline, type Template } from './synthesised.ts';

const connectionArn = 'arn:aws:codeconnections:eu-west-2:123456789012:connection/abc';
let template: Template;

beforeAll(async () => {
  template = await synthesisedPipeline({
    repository: 'acme/sim-fulfilment',
    branch: 'main',
    connectionArn,
    context: { repository: 'acme/sim-fulfilment', connectionArn, alarmEmail: 'oncall@acme.net' },
  });
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
    // By its interpreter: a source archive keeps no run bits.
    expect(check).toContain('"bash .ci/run"'.replaceAll('"', '\\\\\\"'));
    expect(check).toContain("--app 'node infra/pipeline-app.ts' -c 'repository=acme/sim-fulfilment'");
    expect(check).toContain(connectionArn);
    expect(check).toContain("-c 'alarmEmail=oncall@acme.net'");
  });

  test('tests what is deployed by its base URL', () => {
    expect(buildSpecOf('Acceptance')).toContain('npm run acceptance');
  });

  test('lets the repository’s own branch look for drift, and no other', () => {
    expectResource(template, 'AWS::IAM::Role', {
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [
            expect.objectContaining({
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: {
                StringEquals: expect.objectContaining({
                  'token.actions.githubusercontent.com:sub': 'repo:acme/sim-fulfilment:ref:refs/heads/main',
                }),
              },
            }),
          ],
        },
      },
    });
  });
});
