import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  pipelineProps,
  type SynthesisedStage,
  synthesised,
  synthesisedPipeline,
  type Template,
} from './synthesised.ts';

const stages = ['dev', 'staging', 'production'] as const;

/** Every template that is deployed, by its name. */
let all: Record<string, Template>;

beforeAll(async () => {
  const { pipeline, staging, production } = await synthesisedPipeline(pipelineProps);
  all = { pipeline, 'staging-access': staging, 'production-access': production };
  for (const stage of stages) {
    for (const [part, template] of Object.entries(partsOf(await synthesised({ stage })))) {
      all[`${stage}-${part}`] = template;
    }
  }
}, 120_000);

function partsOf({ data, identity, sandbox, service, console }: SynthesisedStage): Record<string, Template> {
  return { data, service, ...(identity && { identity }), ...(sandbox && { sandbox }), ...(console && { console }) };
}

const retained = () =>
  Object.entries(all).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).flatMap(([id, resource]) =>
      resource.DeletionPolicy?.startsWith('Retain') ? [{ stack, id, ...resource }] : [],
    ),
  );

describe('a deployment that fails', () => {
  test('leaves no resource that it created: resources are retained except on create', () => {
    expect(retained().length).toBeGreaterThan(50);
    expect(retained().filter(({ DeletionPolicy }) => DeletionPolicy !== 'RetainExceptOnCreate')).toEqual([]);
  });

  test('removes the Lambda versions that it published, so that the same code can be released again', () => {
    // Lambda publishes no second version of the same code and settings: a version left by a release that was rolled back would
    // make every further release of that code fail with "A version for this Lambda function exists".
    const versions = retained().filter(({ Type }) => Type === 'AWS::Lambda::Version');
    expect(new Set(versions.map(({ stack }) => stack))).toEqual(new Set(['staging-service', 'production-service']));
    for (const { DeletionPolicy } of versions) {
      expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    }
  });

  test('does not prevent the deletion of its stack when protection is off, as for a first deployment', async () => {
    const first = await synthesised({ stage: 'production', protect: 'false' });
    expect(first.terminationProtected).toEqual([]);
    for (const { Resources } of Object.values(partsOf(first))) {
      for (const { Properties = {} } of Object.values(Resources)) {
        expect([undefined, false, 'INACTIVE']).toContain(
          Properties.DeletionProtectionEnabled ?? Properties.DeletionProtection,
        );
      }
    }
    const next = await synthesised({ stage: 'production' });
    expect(next.terminationProtected).toEqual(['data', 'identity']);
  }, 180_000);
});

describe('a retained resource', () => {
  /** Properties that name a resource, where two of one name cannot be in an account and region. */
  const naming = [
    'BackupVaultName',
    'BucketName',
    'DashboardName',
    'FunctionName',
    'LogGroupName',
    'Name',
    'QueueName',
    'RoleName',
    'TableName',
  ];

  test('has a different name for each creation of its stack, so that the next stack does not conflict with it', () => {
    const named = retained()
      .filter(({ Type }) => !/::(Version|StateMachineVersion)$/.test(Type))
      .flatMap(({ stack, id, Properties }) =>
        naming.flatMap((property) => {
          const name = Properties[property];
          return name === undefined ? [] : [{ stack, id, name: JSON.stringify(name) }];
        }),
      );
    expect(named.map(({ stack, id }) => `${stack} ${id.replace(/[0-9A-F]{8}$/, '')}`).sort()).toEqual([
      'production-data Backups',
      'production-service FulfilmentLogs',
    ]);
    for (const { name } of named) {
      expect(name).toContain('AWS::StackId');
    }
  });
});

describe('switching an option and back', () => {
  const exportsOf = (template: Template) =>
    Object.values(template.Outputs ?? {}).flatMap((output) =>
      typeof output === 'object' && output !== null && 'Export' in output ? [JSON.stringify(output)] : [],
    );

  test.each([
    ['real operators', { sandbox: 'false' }],
    ['another issuer of tokens', { issuer: 'https://login.partner-connect.net', audience: 'sim-fulfilment' }],
  ])(
    'to %s removes no export that another stack may still import',
    async (_, option) => {
      const before = partsOf(await synthesised({ stage: 'staging' }));
      const after = partsOf(await synthesised({ stage: 'staging', ...option }));
      for (const [part, template] of Object.entries(after)) {
        expect({ part, exports: exportsOf(template).sort() }).toEqual({
          part,
          exports: exportsOf(before[part] ?? { Resources: {} }).sort(),
        });
      }
    },
    180_000,
  );
});
