import { beforeAll, describe, expect, test } from '@jest/globals';
import { resources } from '../../functions/api/routes.ts';
import { bundleName } from '../../infra/functions/bundles.ts';
import { docsEntry, functionEntries } from '../../infra/functions/entries.ts';
import { expectResource, type Resource, resourcesOf, synthesised, type Template } from './synthesised.ts';

let dev: Template;
let staging: Template;
let production: Template;

beforeAll(async () => {
  ({ service: dev } = await synthesised());
  ({ service: staging } = await synthesised({ stage: 'staging' }));
  ({ service: production } = await synthesised({ stage: 'production' }));
}, 180_000);

const apiEntries = [...new Set([...Object.values(resources).map(({ entry }) => entry), docsEntry])];

const idsOf = (template: Template, type: string) => [...resourcesOf(template, type).keys()];
const text = (value: unknown) => JSON.stringify(value);

/** Everything that invokes a function, as the template names the function. */
function callsOf(template: Template): string[] {
  const named = (type: string, property: string) =>
    [...resourcesOf(template, type).values()].map(({ Properties }) => text(Properties[property]));
  return [
    ...named('AWS::ApiGatewayV2::Integration', 'IntegrationUri'),
    ...named('AWS::Lambda::Permission', 'FunctionName'),
    ...named('AWS::Lambda::EventSourceMapping', 'FunctionName'),
    ...[...resourcesOf(template, 'AWS::Scheduler::Schedule').values()].map(({ Properties }) => {
      // Safe: a schedule's target has an ARN.
      const { Arn } = Properties.Target as { Arn: unknown };
      return text(Arn);
    }),
    ...referencesInDefinition(template).map(text),
  ];
}

function referencesInDefinition(template: Template): unknown[] {
  const [machine] = resourcesOf(template, 'AWS::StepFunctions::StateMachine').values();
  // Safe: the definition is joined of texts and references.
  const definition = machine?.Properties.DefinitionString as { 'Fn::Join': [string, unknown[]] } | undefined;
  const [, parts = []] = definition?.['Fn::Join'] ?? [];
  return parts.filter((part) => typeof part === 'object' && !text(part).includes('AWS::Partition'));
}

describe('in place, as on dev and on the local cloud', () => {
  test('functions have no versions', async () => {
    const { service: local } = await synthesised({ stage: 'local' });
    for (const template of [dev, local]) {
      for (const type of [
        'AWS::Lambda::Version',
        'AWS::Lambda::Alias',
        'AWS::CodeDeploy::DeploymentGroup',
        'AWS::StepFunctions::StateMachineVersion',
        'AWS::StepFunctions::StateMachineAlias',
      ]) {
        expect({ type, ids: idsOf(template, type) }).toEqual({ type, ids: [] });
      }
    }
  });
});

describe('as a version behind an alias', () => {
  test.each([
    ['staging', () => staging],
    ['production', () => production],
  ])('every function of %s is published and called', (_, template) => {
    const aliases = resourcesOf(template(), 'AWS::Lambda::Alias');
    expect(aliases.size).toBe(functionEntries(resources).length);
    for (const { Properties } of aliases.values()) {
      expect(Properties.Name).toBe('live');
    }
    const calls = callsOf(template());
    expect(calls.length).toBeGreaterThan(functionEntries(resources).length);
    for (const call of calls) {
      expect([...aliases.keys()].filter((id) => call.includes(`"${id}"`))).toHaveLength(1);
    }
  });

  test('a function sends failed events to the dead-letter queue, also when it is called by its alias', () => {
    const policies = [...resourcesOf(production, 'AWS::Lambda::EventInvokeConfig').values()];
    // The schedule that starts comparisons calls the function of another one.
    expect(policies).toHaveLength(idsOf(production, 'AWS::Scheduler::Schedule').length - 1);
    for (const { Properties } of policies) {
      expect(text(Properties.Qualifier)).toMatch(/Schedules\w+Live/);
      expect(Properties.DestinationConfig).toEqual({ OnFailure: { Destination: expect.anything() } });
    }
  });

  test('a function keeps its previous version for a manual rollback', () => {
    for (const type of ['AWS::Lambda::Version', 'AWS::StepFunctions::StateMachineVersion']) {
      for (const { DeletionPolicy } of resourcesOf(production, type).values()) {
        expect(DeletionPolicy).toBe('RetainExceptOnCreate');
      }
    }
  });

  test('a function can be called without its alias, by executions that started before it had versions', () => {
    const policies = [...resourcesOf(production, 'AWS::IAM::Policy')].filter(([id]) => id.startsWith('FulfilmentRole'));
    const allowed = text(policies);
    for (const alias of referencesInDefinition(production)) {
      expect(allowed).toContain(text(alias));
    }
    for (const id of idsOf(production, 'AWS::Lambda::Function').filter((name) => name.startsWith('Workflow'))) {
      expect(allowed).toContain(`"Fn::GetAtt":["${id}","Arn"]`);
    }
  });
});

describe('executions', () => {
  /** The definition with its own quotes, not as a text in a text. */
  const parameters = (machine: Resource | undefined) =>
    text(machine?.Properties.DefinitionString).replaceAll('\\"', '"');

  test('are started with the alias of the state machine, which shifts a tenth of them to a new version first', () => {
    const [alias] = resourcesOf(production, 'AWS::StepFunctions::StateMachineAlias');
    const [version] = idsOf(production, 'AWS::StepFunctions::StateMachineVersion');
    expect(alias?.[1].Properties).toEqual({
      Name: 'live',
      DeploymentPreference: {
        StateMachineVersionArn: { 'Fn::GetAtt': [version, 'Arn'] },
        Type: 'CANARY',
        Percentage: 10,
        Interval: 10,
        Alarms: [{ Ref: expect.stringMatching(/^AlarmsExecutionsFail/) }],
      },
    });
    const starters = [...resourcesOf(production, 'AWS::Lambda::Function')].filter(([, { Properties }]) =>
      text(Properties.Environment).includes('STATE_MACHINE_ARN'),
    );
    expect(starters.map(([id]) => id.replace(/Function.*/, '')).sort()).toEqual([
      'ApiManualOrders',
      'ApiOperations',
      'ApiOperatorReports',
      'ApiOrders',
      'ApiSims',
      'SchedulesCollectUsage',
      'SchedulesSweep',
      'SchedulesWalkSims',
    ]);
    for (const [, { Properties }] of starters) {
      expect(text(Properties.Environment)).toContain(`"STATE_MACHINE_ARN":{"Fn::GetAtt":["${alias?.[0]}","Arn"]}`);
    }
  });

  test('continue in new executions of the same alias', () => {
    const [machine] = resourcesOf(production, 'AWS::StepFunctions::StateMachine').values();
    expect(parameters(machine)).toContain('"alias":"live"');
    const [inPlace] = resourcesOf(dev, 'AWS::StepFunctions::StateMachine').values();
    expect(parameters(inPlace)).not.toContain('alias');
  });

  test('use a new version immediately on staging', () => {
    expectResource(staging, 'AWS::StepFunctions::StateMachineAlias', {
      Properties: { DeploymentPreference: { Type: 'ALL_AT_ONCE' } },
    });
  });
});

describe('a canary', () => {
  test('is deployed for each function of the API in production, and for nothing else', () => {
    const gradual = [...resourcesOf(production, 'AWS::Lambda::Alias')].filter(([, alias]) => 'UpdatePolicy' in alias);
    expect(gradual).toHaveLength(apiEntries.length);
    for (const [id] of gradual) {
      expect(id).toMatch(/^Api/);
    }
    expect(idsOf(staging, 'AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
  });

  test('is rolled back when the API, executions or the new version fail', () => {
    const groups = [...resourcesOf(production, 'AWS::CodeDeploy::DeploymentGroup').values()];
    expect(groups).toHaveLength(apiEntries.length);
    for (const { Properties } of groups) {
      expect(Properties).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent10Minutes',
        AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
        AlarmConfiguration: {
          Enabled: true,
          Alarms: ['ApiFails', 'ExecutionsFail', 'NewVersionFails'].map((name) => ({
            Name: { Ref: expect.stringMatching(`^Alarms${name}`) },
          })),
        },
      });
    }
  });

  test('has an alarm on the new version', () => {
    const alarms = [...resourcesOf(production, 'AWS::CloudWatch::Alarm')].filter(([id]) =>
      id.startsWith('AlarmsNewVersionFails'),
    );
    expect(alarms.map(([, { Properties }]) => text(Properties.AlarmName).split('NewVersionFails-')[1])).toEqual(
      expect.arrayContaining(apiEntries.map((entry) => `${bundleName(entry)}"`)),
    );
    for (const [, { Properties }] of alarms) {
      expect(Properties).toMatchObject({ MetricName: 'Errors', Period: 60, Threshold: 1 });
      expect(text(Properties.Dimensions)).toMatch(
        /"Name":"ExecutedVersion","Value":\{"Fn::GetAtt":\["Api\w+","Version"\]/,
      );
    }
  });
});

test('a stack stays far below the limit of 500 resources', () => {
  expect(Object.keys(production.Resources).length).toBeLessThan(450);
});

test('a release that fixes the cause of an alarm can override the rollout', async () => {
  const { service } = await synthesised({ stage: 'production', rollout: 'at once' });
  expect(idsOf(service, 'AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
  expect(idsOf(service, 'AWS::Lambda::Alias')).toEqual(idsOf(production, 'AWS::Lambda::Alias'));
}, 180_000);
