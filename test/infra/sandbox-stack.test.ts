import { describe, expect, test } from '@jest/globals';
import { resourcesOf, synthesised } from './synthesised.ts';

describe('the stand-in for the operators', () => {
  test('is deployed on stages without real SIMs, and not in production', async () => {
    expect((await synthesised()).sandbox).toBeDefined();
    expect((await synthesised({ stage: 'production' })).sandbox).toBeUndefined();
    expect((await synthesised({ stage: 'staging', sandbox: 'false' })).sandbox).toBeUndefined();
  }, 180_000);

  test('is called by the functions, and no template contains its key', async () => {
    const { sandbox, service } = await synthesised();
    const secrets = sandbox ? [...resourcesOf(sandbox, 'AWS::SecretsManager::Secret')] : [];
    const [, operators] = secrets.find(([id]) => id.startsWith('OperatorsSecret')) ?? [];
    const text = JSON.stringify(operators?.Properties.SecretString);
    expect(text).toContain('operators/{operatorId}');
    // The key in one protocol is the password in another.
    const shown = text.match(/(?:apiKey|password)[\\":]+[^\\"]{0,26}/g) ?? [];
    expect(shown.map((field) => field.replace(/^(\w+)[\\":]+/, '$1 '))).toEqual([
      'apiKey {{resolve:secretsmanager:',
      'password {{resolve:secretsmanager:',
      'apiKey {{resolve:secretsmanager:',
    ]);
    const called = [...resourcesOf(service, 'AWS::Lambda::Function').values()].flatMap(({ Properties }) => {
      // Safe: a function's environment has this shape in a template.
      const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
      return Variables.OPERATORS_SECRET === undefined ? [] : [JSON.stringify(Variables.OPERATORS_SECRET)];
    });
    expect(called.length).toBeGreaterThan(0);
    for (const secret of called) {
      expect(secret).toContain('SimFulfilment-dev-Sandbox:');
    }
  });

  test('has reserved concurrency where the account has enough', async () => {
    const reserved = async (stage: string) => {
      const { sandbox } = await synthesised({ stage });
      const [made] = sandbox ? resourcesOf(sandbox, 'AWS::Lambda::Function').values() : [];
      return made?.Properties.ReservedConcurrentExecutions;
    };
    expect(await reserved('staging')).toBe(20);
    expect(await reserved('dev')).toBeUndefined();
  }, 180_000);

  test('may access only its own table', async () => {
    const { sandbox } = await synthesised();
    const roles = sandbox ? [...resourcesOf(sandbox, 'AWS::IAM::Role').values()] : [];
    // Safe: what the CDK writes as the policies of a role is a list of them.
    const policies = roles.flatMap(
      ({ Properties }) => Properties.Policies as { PolicyDocument: { Statement: { Action: string | string[] }[] } }[],
    );
    const actions = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => Action));
    expect(actions.filter((action) => !/^(logs|xray):/.test(action)).sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'secretsmanager:GetSecretValue',
    ]);
  });
});
