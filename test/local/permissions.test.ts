import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { LocalCloud } from '../../local/cloud.ts';
import { type Directory, requiredPermissions, type ServiceRequest } from '../../local/iam/calls.ts';
import { refuseMissingPermissions } from '../../local/iam/deployment-permissions.ts';
import { type Condition, policyEvaluator, type RequiredPermission, type Statement } from '../../local/iam/evaluate.ts';
import { taskTokens } from '../../local/step-functions/task-tokens.ts';
import { type Assembly, readAssembly } from '../../local/template/assembly.ts';
import { readParts } from '../../local/template/read-parts.ts';
import { fixtureAssembly, startFixture } from './fixtures/fixture-cloud.ts';

// The fixture is synthesised first.
jest.setTimeout(120_000);

const TABLE = 'arn:aws:dynamodb:eu-west-2:000000000000:table/T';

const allow = (statement: Partial<Statement> = {}): Statement => ({
  effect: 'Allow',
  actions: ['dynamodb:PutItem'],
  resources: [TABLE],
  conditions: [],
  ...statement,
});
const deny = (statement: Partial<Statement> = {}): Statement => ({ ...allow(statement), effect: 'Deny' });
const put: RequiredPermission = { action: 'dynamodb:PutItem', resource: TABLE };
const decide = (statements: Statement[], call: RequiredPermission = put) => policyEvaluator(statements)(call);

describe('a policy', () => {
  test('denies by default', () => {
    expect(decide([])).toBe('notAllowed');
    expect(decide([allow({ actions: ['dynamodb:GetItem'] })])).toBe('notAllowed');
    expect(decide([allow({ resources: [`${TABLE}2`] })])).toBe('notAllowed');
  });

  test('denies a call with one deny statement, whatever other statements allow', () => {
    expect(decide([allow(), deny(), allow()])).toBe('explicitlyDenied');
    expect(decide([deny({ actions: ['*'], resources: ['*'] }), allow()])).toBe('explicitlyDenied');
  });

  test.each([
    ['dynamodb:*', true],
    ['*', true],
    ['dynamodb:Put????', true],
    ['dynamodb:Put???', false],
    ['DynamoDB:putITEM', true],
    ['dynamodb:PutItemX', false],
    ['sqs:*', false],
  ])('that names the action %s allows PutItem: %s', (action, isAllowed) => {
    expect(decide([allow({ actions: [action] })])).toBe(isAllowed ? 'allowed' : 'notAllowed');
  });

  test.each([
    ['*', true],
    ['arn:aws:dynamodb:*:*:table/*', true],
    ['arn:aws:dynamodb:*:table/T', false],
    ['arn:*', false],
    ['arn:aws:dynamodb:eu-west-2:000000000000:table/?', true],
    ['arn:aws:dynamodb:eu-west-2:000000000000:table/t', false],
    ['arn:aws:dynamodb:eu-west-2:000000000000:table.T', false],
    [`${TABLE}/index/*`, false],
  ])('that names the resource %s allows the table: %s', (resource, isAllowed) => {
    expect(decide([allow({ resources: [resource] })])).toBe(isAllowed ? 'allowed' : 'notAllowed');
  });

  const condition = (given: Partial<Condition>): Condition => ({
    operator: 'StringEquals',
    key: 'k',
    values: ['a', 'b'],
    ...given,
  });
  const all = { quantifier: 'ForAllValues' } as const;
  const any = { quantifier: 'ForAnyValue' } as const;

  test.each<[Partial<Condition>, string[] | undefined, boolean]>([
    [{}, ['a'], true],
    [{}, ['c'], false],
    [{}, undefined, false],
    [{ operator: 'StringNotEquals' }, ['c'], true],
    [{ operator: 'StringNotEquals' }, ['b'], false],
    [{ operator: 'StringNotEquals' }, undefined, true],
    [{ operator: 'StringLike', values: ['P#?#*'] }, ['P#1#x\ny'], true],
    [{ operator: 'StringLike', values: ['P#?#*'] }, ['P##x'], false],
    [{ operator: 'StringNotLike', values: ['P#*'] }, ['P#1'], false],
    [{ operator: 'Bool', values: ['false'] }, ['true'], false],
    [{ operator: 'Null', values: ['true'] }, undefined, true],
    [{ operator: 'Null', values: ['true'] }, ['a'], false],
    [{ operator: 'Null', values: ['false'] }, ['a'], true],
    [
      { operator: 'ArnLike', values: ['arn:aws:execute-api:*:*:api/*/*/x'] },
      ['arn:aws:execute-api:r:1:api/s/GET/x'],
      true,
    ],
    [all, ['a', 'b', 'a'], true],
    [all, ['a', 'c'], false],
    // AWS warns of this one: without the key in the request, all of no values match.
    [all, undefined, true],
    [any, ['c', 'b'], true],
    [any, ['c', 'd'], false],
    [any, undefined, false],
    [{ ...all, operator: 'StringNotEquals' }, ['c', 'd'], true],
    [{ ...all, operator: 'StringNotEquals' }, ['c', 'a'], false],
    [{ ...any, operator: 'StringNotEquals' }, ['c', 'a'], true],
  ])('with the condition %j holds for %j: %s', (given, values, holds) => {
    const call = { ...put, context: values === undefined ? {} : { k: values } };
    expect(decide([allow({ conditions: [condition(given)] })], call)).toBe(holds ? 'allowed' : 'notAllowed');
  });

  test('evaluates all of its conditions for each call', () => {
    const evaluate = policyEvaluator([
      allow({ conditions: [condition({ ...all, key: 'k' }), condition({ ...any, key: 'l', values: ['z'] })] }),
    ]);
    expect(evaluate({ ...put, context: { k: ['a'], l: ['z'] } })).toBe('allowed');
    expect(evaluate({ ...put, context: { k: ['a'], l: ['y'] } })).toBe('notAllowed');
    expect(evaluate({ ...put, context: { k: ['c'], l: ['z'] } })).toBe('notAllowed');
    expect(evaluate({ ...put, context: { k: ['a'], l: ['z'] } })).toBe('allowed');
  });

  const actions = fc.constantFrom(
    'dynamodb:PutItem',
    'dynamodb:GetItem',
    'dynamodb:*',
    'sqs:SendMessage',
    '*',
    'd*:?utItem',
  );
  const resources = fc.constantFrom(
    TABLE,
    `${TABLE}/index/i`,
    '*',
    'arn:aws:dynamodb:*:*:table/*',
    'arn:aws:sqs:r:1:q',
  );
  const conditions = fc.array(
    fc.record({
      operator: fc.constantFrom('StringEquals' as const, 'StringLike' as const, 'StringNotEquals' as const),
      quantifier: fc.constantFrom('ForAllValues' as const, 'ForAnyValue' as const),
      key: fc.constant('k'),
      values: fc.array(fc.constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 2 },
  );
  const statement: fc.Arbitrary<Statement> = fc.record({
    effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    actions: fc.array(actions, { minLength: 1, maxLength: 3 }),
    resources: fc.array(resources, { minLength: 1, maxLength: 3 }),
    conditions,
  });
  const call: fc.Arbitrary<RequiredPermission> = fc.record({
    action: fc.constantFrom('dynamodb:PutItem', 'dynamodb:GetItem', 'sqs:SendMessage'),
    resource: fc.constantFrom(TABLE, `${TABLE}/index/i`, 'arn:aws:sqs:r:1:q'),
    context: fc.record({ k: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }) }, { requiredKeys: [] }),
  });
  const statements = fc.array(statement, { maxLength: 6 });

  test('decides the same whatever the order of its statements, and whatever it decided before', () => {
    fc.assert(
      fc.property(statements, fc.array(call, { minLength: 1, maxLength: 5 }), (given, calls) => {
        const seasoned = policyEvaluator(given);
        for (const one of [...calls, ...calls]) {
          const decision = seasoned(one);
          expect(decision).toBe(decide([...given].reverse(), one));
        }
      }),
    );
  });

  test('allows no more with another deny, and no less with another allow', () => {
    fc.assert(
      fc.property(statements, statement, call, (given, more, one) => {
        const [before, after] = [decide(given, one), decide([...given, more], one)];
        if (more.effect === 'Deny' && after === 'allowed') expect(before).toBe('allowed');
        if (more.effect === 'Allow' && before === 'allowed') expect(after).toBe('allowed');
        if (before === 'explicitlyDenied') expect(after).toBe('explicitlyDenied');
      }),
    );
  });
});

describe('the permissions that a request needs', () => {
  const directory: Directory = {
    region: 'eu-west-2',
    account: '000000000000',
    tables: { T: { partitionKey: 'pk', indexes: { byKind: 'kind' } } },
    secrets: { operators: 'arn:aws:secretsmanager:eu-west-2:000000000000:secret:operators-abcdef' },
  };
  const of = (
    service: ServiceRequest['service'],
    operation: string,
    input: object,
    rest: Partial<ServiceRequest> = {},
  ) =>
    requiredPermissions(
      { service, method: 'POST', path: '/', target: `Prefix.${operation}`, body: JSON.stringify(input), ...rest },
      directory,
    );
  const item = (pk: string) => ({ pk: { S: pk }, sk: { S: 's' } });
  const keys = (...values: string[]) => ({ context: { 'dynamodb:LeadingKeys': values } });

  test('are of its table, with the partition keys of its items', () => {
    expect(of('dynamodb', 'PutItem', { TableName: 'T', Item: item('a') })).toEqual([{ ...put, ...keys('a') }]);
    expect(of('dynamodb', 'GetItem', { TableName: TABLE, Key: item('a') })).toEqual([
      { action: 'dynamodb:GetItem', resource: TABLE, ...keys('a') },
    ]);
    expect(of('dynamodb', 'BatchGetItem', { RequestItems: { T: { Keys: [item('a'), item('b')] } } })).toEqual([
      { action: 'dynamodb:BatchGetItem', resource: TABLE, ...keys('a', 'b') },
    ]);
    expect(
      of('dynamodb', 'BatchWriteItem', {
        RequestItems: { T: [{ PutRequest: { Item: item('a') } }, { DeleteRequest: { Key: item('b') } }] },
      }),
    ).toEqual([{ action: 'dynamodb:BatchWriteItem', resource: TABLE, ...keys('a', 'b') }]);
  });

  test('are those of each part of a transaction', () => {
    const write = { TableName: 'T' };
    expect(
      of('dynamodb', 'TransactWriteItems', {
        TransactItems: [
          { Put: { ...write, Item: item('a') } },
          { Update: { ...write, Key: item('b') } },
          { Delete: { ...write, Key: item('c') } },
          { ConditionCheck: { ...write, Key: item('d') } },
        ],
      }),
    ).toEqual([
      { action: 'dynamodb:PutItem', resource: TABLE, ...keys('a') },
      { action: 'dynamodb:UpdateItem', resource: TABLE, ...keys('b') },
      { action: 'dynamodb:DeleteItem', resource: TABLE, ...keys('c') },
      { action: 'dynamodb:ConditionCheckItem', resource: TABLE, ...keys('d') },
    ]);
    expect(of('dynamodb', 'TransactGetItems', { TransactItems: [{ Get: { ...write, Key: item('a') } }] })).toEqual([
      { action: 'dynamodb:GetItem', resource: TABLE, ...keys('a') },
    ]);
  });

  test('are of an index, with the key that a query asks for', () => {
    const query = {
      TableName: 'T',
      KeyConditionExpression: 'sk > :low AND #p = :p',
      ExpressionAttributeNames: { '#p': 'pk' },
      ExpressionAttributeValues: { ':p': { S: 'a' }, ':low': { S: 'b' } },
    };
    expect(of('dynamodb', 'Query', query)).toEqual([{ action: 'dynamodb:Query', resource: TABLE, ...keys('a') }]);
    expect(
      of('dynamodb', 'Query', {
        ...query,
        IndexName: 'byKind',
        KeyConditionExpression: 'kind = :p',
      }),
    ).toEqual([{ action: 'dynamodb:Query', resource: `${TABLE}/index/byKind`, ...keys('a') }]);
    expect(of('dynamodb', 'Scan', { TableName: 'T' })).toEqual([{ action: 'dynamodb:Scan', resource: TABLE }]);
    expect(of('dynamodb', 'ListTables', {})).toEqual([{ action: 'dynamodb:ListTables', resource: '*' }]);
  });

  test('are of state machines, executions, secrets, user pools and authorisers', async () => {
    const machine = 'arn:aws:states:eu-west-2:000000000000:stateMachine:M';
    const execution = 'arn:aws:states:eu-west-2:000000000000:execution:M:1';
    expect(of('states', 'StartExecution', { stateMachineArn: `${machine}:live` })).toEqual([
      { action: 'states:StartExecution', resource: machine },
    ]);
    expect(of('states', 'DescribeExecution', { executionArn: execution })).toEqual([
      { action: 'states:DescribeExecution', resource: execution },
    ]);
    expect(
      of('states', 'SendTaskSuccess', { taskToken: taskTokens({ sleep: async () => undefined }).issue(execution) }),
    ).toEqual([{ action: 'states:SendTaskSuccess', resource: machine }]);
    expect(of('states', 'SendTaskSuccess', { taskToken: 'guessed' })).toEqual([
      { action: 'states:SendTaskSuccess', resource: '*' },
    ]);
    expect(of('secretsmanager', 'GetSecretValue', { SecretId: 'operators' })).toEqual([
      { action: 'secretsmanager:GetSecretValue', resource: directory.secrets.operators },
    ]);
    expect(of('cognito-idp', 'AdminGetUser', { UserPoolId: 'p' })).toEqual([
      { action: 'cognito-idp:AdminGetUser', resource: 'arn:aws:cognito-idp:eu-west-2:000000000000:userpool/p' },
    ]);
  });
});

describe('a template', () => {
  let whole: Assembly;
  beforeAll(async () => {
    whole = await readAssembly(await fixtureAssembly());
  });

  type Resource = Assembly['stacks'][number]['Resources'][string];

  /** The fixture with some resources changed, or without them. */
  function without(change: (resource: Resource, id: string) => Resource | undefined): Assembly {
    return {
      ...whole,
      stacks: whole.stacks.map((stack) => ({
        ...stack,
        Resources: Object.fromEntries(
          Object.entries(stack.Resources).flatMap(([id, resource]) => {
            const changed = change(structuredClone(resource), id);
            return changed ? [[id, changed]] : [];
          }),
        ),
      })),
    };
  }
  const check = (assembly: Assembly) => refuseMissingPermissions(readParts(assembly));
  /** The fixture without every statement of policies that allows an action. */
  const withoutAction = (action: string, of: RegExp) =>
    without((resource, id) => {
      if (resource.Type === 'AWS::IAM::Policy' && of.test(id)) {
        const document = resource.Properties.PolicyDocument as { Statement: { Action: string | string[] }[] };
        document.Statement = document.Statement.filter(({ Action }) => ![Action].flat().includes(action));
      }
      return resource;
    });

  test('with all permissions is accepted', () => {
    expect(() => check(whole)).not.toThrow();
  });

  test('without the permission of a route to call its function is refused', () => {
    const assembly = without((resource, id) => (id.startsWith('ApiGETthingsidAnswer') ? undefined : resource));
    expect(() => check(assembly)).toThrow(
      /lacks permissions.*Route GET \/things\/{id} is not allowed to call .*answer.*apigateway\.amazonaws\.com/,
    );
    expect(() => check(assembly)).not.toThrow(/Route GET \/things is not allowed/);
  });

  test('whose permission is of another API is refused', () => {
    const assembly = without((resource, id) =>
      id.startsWith('ApiANYopen') && resource.Type === 'AWS::Lambda::Permission'
        ? {
            ...resource,
            Properties: {
              ...resource.Properties,
              SourceArn: 'arn:aws:execute-api:eu-west-2:000000000000:other/*/*/open',
            },
          }
        : resource,
    );
    expect(() => check(assembly)).toThrow(/Route ANY \/open is not allowed to call/);
  });

  test('whose integration has a role that API Gateway may not assume, or that may not invoke the function, is refused', () => {
    const resources = whole.stacks.flatMap(({ Resources }) => Object.entries(Resources));
    const [[schedulerRole] = []] = resources.filter(
      ([id, { Type }]) => id.startsWith('SchedulerRole') && Type === 'AWS::IAM::Role',
    );
    const assembly = without((resource, id) =>
      id.startsWith('ApiANYopen') && resource.Type === 'AWS::ApiGatewayV2::Integration'
        ? {
            ...resource,
            Properties: { ...resource.Properties, CredentialsArn: { 'Fn::GetAtt': [schedulerRole, 'Arn'] } },
          }
        : resource,
    );
    expect(() => check(assembly)).toThrow(
      /the role \S*SchedulerRole\S* of Route ANY \/open does not trust apigateway\.amazonaws\.com/,
    );
    expect(() => check(assembly)).toThrow(/Route ANY \/open lacks the permission lambda:InvokeFunction on .*answer/);
  });

  test.each([
    [
      'lambda:InvokeFunction',
      /^MachineRole/,
      /State machine Fixture lacks the permission lambda:InvokeFunction on .*work/,
    ],
    [
      'lambda:InvokeFunction',
      /^SchedulerRole/,
      /Schedule Tick\w* lacks the permission lambda:InvokeFunction on .*tick/,
    ],
    ['dynamodb:GetRecords', /^watch/, /which reads .*Watched.* lacks the permission dynamodb:GetRecords/],
    ['sqs:SendMessage', /^tick/, /Function .*tick\w* lacks the permission sqs:SendMessage on .*Failures/],
    ['sqs:SendMessage', /^watch/, /Function .*watch\w* lacks the permission sqs:SendMessage on .*Failures/],
  ])('whose role lacks %s (%s) is refused', (action, of, message) => {
    expect(() => check(withoutAction(action, of))).toThrow(message);
  });

  test('whose function has no permission to write its log, or a role that Lambda cannot assume, is refused', () => {
    const ofAnswer = (change: (properties: Resource['Properties']) => Resource['Properties']) =>
      without((resource, id) =>
        id.startsWith('answerServiceRole') && resource.Type === 'AWS::IAM::Role'
          ? { ...resource, Properties: change(resource.Properties) }
          : resource,
      );
    expect(() => check(ofAnswer((properties) => ({ ...properties, ManagedPolicyArns: [] })))).toThrow(
      /answer\w* lacks the permission logs:PutLogEvents/,
    );
    expect(() =>
      check(
        ofAnswer((properties) => ({
          ...properties,
          AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
        })),
      ),
    ).toThrow(/the role \S*answer\S* of Function \S*answer\S* does not trust lambda\.amazonaws\.com/);
  });

  const withStatement = (extra: object) =>
    without((resource, id) => {
      if (resource.Type === 'AWS::IAM::Policy' && id.startsWith('answer')) {
        const document = resource.Properties.PolicyDocument as { Statement: object[] };
        document.Statement.push({ Effect: 'Allow', Action: 'sqs:*', Resource: '*', ...extra });
      }
      return resource;
    });

  test.each<[string, object, RegExp]>([
    ['NotAction', { NotAction: 'sqs:*' }, /answer\w* \(AWS::IAM::Policy.*NotAction/],
    ['NotResource', { NotResource: '*' }, /NotResource/],
    [
      'an operator',
      { Condition: { DateLessThan: { 'aws:CurrentTime': 'x' } } },
      /condition operator DateLessThan.*StringEquals/,
    ],
    ['IfExists', { Condition: { StringEqualsIfExists: { 'aws:SourceArn': 'x' } } }, /StringEqualsIfExists/],
    [
      'a condition key',
      { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'x' } } },
      /condition key aws:PrincipalTag\/team/,
    ],
    [
      'a key of several values without a quantifier',
      { Condition: { StringEquals: { 'dynamodb:LeadingKeys': 'x' } } },
      /ForAllValues/,
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's own variables.
    ['a policy variable', { Resource: 'arn:aws:sqs:*:*:${aws:username}' }, /variables/],
  ])('with %s, which the evaluator does not know, is refused by name', (_, extra, message) => {
    expect(() => readParts(withStatement(extra))).toThrow(message);
  });

  test('with an unsupported managed policy is refused by name', () => {
    const assembly = without((resource, id) =>
      id.startsWith('answerServiceRole') && resource.Type === 'AWS::IAM::Role'
        ? {
            ...resource,
            Properties: { ...resource.Properties, ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
          }
        : resource,
    );
    expect(() => readParts(assembly)).toThrow(/does not support the managed policy \S*AdministratorAccess/);
  });
});

describe('a call of a function', () => {
  let cloud: LocalCloud;
  beforeAll(async () => {
    cloud = await startFixture();
  });
  afterAll(() => cloud?.stop());

  async function call(via: string, operation: string, input: object) {
    const response = await fetch(`${cloud.url}/call`, {
      method: 'POST',
      body: JSON.stringify({ via, sdk: import.meta.resolve('@aws-sdk/client-dynamodb'), operation, input }),
    });
    return response.json();
  }
  const tableNamed = (name: string) => cloud.parts.tables.find((table) => table.name.includes(name))?.name;

  test.each(['sdk', 'http', 'fetch'])(
    'by %s succeeds when its role allows it, and fails with AccessDeniedException otherwise',
    async (via) => {
      const [TableName, watched] = [tableNamed('Data-Table'), tableNamed('Watched')];
      const Item = { pk: { S: 'a' }, sk: { S: 'b' } };
      expect(await call(via, 'PutItem', { TableName, Item })).toEqual({ status: 200 });
      expect(await call(via, 'PutItem', { TableName: watched, Item: { pk: { S: 'mine' } } })).toEqual({ status: 200 });
      expect(await call(via, 'PutItem', { TableName: watched, Item })).toEqual({
        status: 400,
        name: 'AccessDeniedException',
        message: expect.stringMatching(
          /^User: arn:aws:sts::0{12}:assumed-role\/\S*caller\S*\/\S*caller\S* is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-2:0{12}:table\/\S*Watched\S* because no identity-based policy allows the dynamodb:PutItem action$/,
        ),
      });
      expect(await call(via, 'GetItem', { TableName, Key: Item })).toEqual({ status: 200 });
    },
  );

  test('in a transaction needs the permission of each part, and an explicit deny wins', async () => {
    const TableName = tableNamed('Data-Table');
    const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
    const remove = (pk: string) => ({ Delete: { TableName, Key: key(pk) } });
    const store = { Put: { TableName, Item: key('p#kept') } };
    expect(await call('sdk', 'TransactWriteItems', { TransactItems: [store, remove('other')] })).toEqual({
      status: 200,
    });
    expect(
      await call('sdk', 'TransactWriteItems', { TransactItems: [remove('other'), remove('p#kept')] }),
    ).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(/dynamodb:DeleteItem .* with an explicit deny in an identity-based policy$/),
    });
    // Nothing of the transaction happened.
    expect(
      await call('sdk', 'PutItem', { TableName, Item: key('p#kept'), ConditionExpression: 'attribute_exists(pk)' }),
    ).toEqual({
      status: 200,
    });
  });
});
