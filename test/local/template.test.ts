import { describe, expect, test } from '@jest/globals';
import type { Assembly, Resource } from '../../local/template/assembly.ts';
import { type References, resolve } from '../../local/template/intrinsics.ts';
import { rateOf } from '../../local/template/rate.ts';
import { readParts } from '../../local/template/read-parts.ts';

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown>; Condition?: string }>;

function stack(name: string, resources: Resources, rest: Partial<Assembly['stacks'][number]> = {}) {
  const Resources = Object.fromEntries(
    Object.entries(resources).map(([id, { Properties = {}, ...resource }]): [string, Resource] => [
      id,
      { ...resource, Properties },
    ]),
  );
  return { name, Resources, Outputs: {}, Parameters: {}, ...rest };
}

const assembly = (...stacks: Assembly['stacks']): Assembly => ({ stacks, assets: new Map([['code.zip', '/bundle']]) });

const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  },
};

const role = {
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
};

const aFunction = (properties: Record<string, unknown> = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Code: { S3Bucket: 'b', S3Key: 'code.zip' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    ...properties,
  },
});

describe('an unsupported part of a template is refused by name:', () => {
  test('a type of resource', () => {
    const template = assembly(stack('S', { Cache: { Type: 'AWS::ElastiCache::CacheCluster' }, Table: table }));
    expect(() => readParts(template)).toThrow(
      /Cache has the unsupported type AWS::ElastiCache::CacheCluster \(stack S\).*It runs .*AWS::DynamoDB::Table/,
    );
  });

  test('a resource with a condition', () => {
    expect(() => readParts(assembly(stack('S', { Table: { ...table, Condition: 'IsBig' } })))).toThrow(/Table .*IsBig/);
  });

  test.each<[string, Resources, RegExp]>([
    [
      'a layer',
      { F: aFunction({ Layers: ['arn'] }) },
      /F \(AWS::Lambda::Function, stack S\): the local cloud does not support the property Layers/,
    ],
    ['a VPC', { F: aFunction({ VpcConfig: {} }) }, /VpcConfig/],
    ['a function that runs for more than 15 minutes', { F: aFunction({ Timeout: 901 }) }, /F .*Timeout.*900/],
    ['a function of more than 10 GB', { F: aFunction({ MemorySize: 10_241 }) }, /F .*MemorySize.*10240/],
    [
      'variables of more than 4 KB',
      { F: aFunction({ Environment: { Variables: { A: 'x'.repeat(4_096) } } }) },
      /F .*Environment.*4096 bytes/,
    ],
    [
      'an integration that waits for more than 30 seconds',
      {
        I: {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: {
            ApiId: 'a',
            IntegrationType: 'AWS_PROXY',
            IntegrationUri: 'f',
            PayloadFormatVersion: '2.0',
            TimeoutInMillis: 30_001,
          },
        },
        A: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
      },
      /I .*TimeoutInMillis.*30000/,
    ],
    ['another runtime', { F: aFunction({ Runtime: 'python3.13' }) }, /Runtime.*Node/],
    [
      'an index with more than 20 further attributes',
      {
        T: {
          Type: table.Type,
          Properties: {
            ...table.Properties,
            GlobalSecondaryIndexes: [
              {
                IndexName: 'i',
                KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
                Projection: {
                  ProjectionType: 'INCLUDE',
                  NonKeyAttributes: Array.from({ length: 21 }, (_, place) => `a${place}`),
                },
              },
            ],
          },
        },
      },
      /T .*NonKeyAttributes.*20/,
    ],
    ['replicas', { T: { Type: table.Type, Properties: { ...table.Properties, Replicas: [] } } }, /T .*Replicas/],
    [
      'CORS',
      { A: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', CorsConfiguration: {} } } },
      /CorsConfiguration/,
    ],
    [
      'a WebSocket API',
      { A: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } } },
      /ProtocolType/,
    ],
    [
      'a user pool in which anybody makes an account',
      {
        P: {
          Type: 'AWS::Cognito::UserPool',
          Properties: {
            AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
            UsernameAttributes: ['email'],
            UsernameConfiguration: { CaseSensitive: false },
          },
        },
      },
      /P .*AllowAdminCreateUserOnly/,
    ],
    [
      'a client of a user pool whose tokens have a validity in other units than minutes',
      {
        C: {
          Type: 'AWS::Cognito::UserPoolClient',
          Properties: { UserPoolId: 'p', TokenValidityUnits: { AccessToken: 'days' } },
        },
      },
      /C .*TokenValidityUnits/,
    ],
    [
      'an express state machine',
      {
        M: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: { StateMachineType: 'EXPRESS', DefinitionString: '{}', RoleArn: 'r' },
        },
      },
      /M .*StateMachineType/,
    ],
    [
      'a setting of one route other than its throttle',
      {
        A: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
        G: {
          Type: 'AWS::ApiGatewayV2::Stage',
          Properties: {
            ApiId: { Ref: 'A' },
            StageName: '$default',
            RouteSettings: { $default: { DataTraceEnabled: true } },
          },
        },
      },
      /G .*RouteSettings/,
    ],
  ])('%s', (_, resources, message) => {
    expect(() => readParts(assembly(stack('S', { Role: role, ...resources })))).toThrow(message);
  });

  test('the throttle of one route is supported', () => {
    const Properties = {
      ApiId: { Ref: 'A' },
      StageName: '$default',
      RouteSettings: { 'GET /health': { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 } },
    };
    const resources = {
      A: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
      G: { Type: 'AWS::ApiGatewayV2::Stage', Properties },
    };
    expect(readParts(assembly(stack('S', resources))).httpApis).toMatchObject([
      { routeThrottles: { 'GET /health': { rateLimit: 5, burstLimit: 10 } } },
    ]);
  });

  test('a missing bundle', () => {
    const resources = { Role: role, F: aFunction({ Code: { S3Bucket: 'b', S3Key: 'other.zip' } }) };
    expect(() => readParts(assembly(stack('S', resources)))).toThrow(/F .*other\.zip/);
  });

  test('an intrinsic function, an attribute, an import', () => {
    const withName = (name: unknown) =>
      assembly(stack('S', { Role: role, F: aFunction({ FunctionName: name }), Table: table }));
    expect(() => readParts(withName({ 'Fn::FindInMap': ['a', 'b', 'c'] }))).toThrow(/Fn::FindInMap.*Fn::Join/);
    expect(() => readParts(withName({ 'Fn::GetAtt': ['Table', 'Nothing'] }))).toThrow(/Nothing of Table.*Arn/);
    expect(() => readParts(withName({ 'Fn::ImportValue': 'nowhere' }))).toThrow(/nowhere/);
    expect(() => readParts(withName({ Ref: 'Missing' }))).toThrow(/Missing/);
  });
});

test('resource types without a local meaning are ignored', () => {
  const resources = {
    Key: { Type: 'AWS::KMS::Key' },
    Logs: { Type: 'AWS::Logs::LogGroup' },
  };
  expect(readParts(assembly(stack('S', resources)))).toMatchObject({ tables: [], functions: [] });
});

test('references between stacks are resolved', () => {
  const data = stack(
    'Data',
    { Table: table },
    {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders.
      Outputs: { Name: { Value: { Ref: 'Table' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:TableName' } } } },
    },
  );
  const service = stack('Service', {
    Role: role,
    F: aFunction({ Environment: { Variables: { TABLE: { 'Fn::ImportValue': 'Data:TableName' }, SIZE: 3 } } }),
  });
  const { functions, tables } = readParts(assembly(service, data));
  expect(functions[0]?.environment).toEqual({ TABLE: tables[0]?.name, SIZE: '3' });
});

describe('intrinsic functions', () => {
  const references: References = {
    ref: (name) => `<${name}>`,
    attribute: (resource, attribute) => `<${resource}.${attribute}>`,
    imported: (name) => `<import ${name}>`,
  };

  test.each<[unknown, unknown]>([
    [{ 'Fn::Join': ['-', ['a', { Ref: 'B' }, { 'Fn::GetAtt': ['C', 'Arn'] }]] }, 'a-<B>-<C.Arn>'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [':', 'x:y:z'] }] }, 'y'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders.
    [{ 'Fn::Sub': 'a ${B} ${C.Arn} ${!D}' }, 'a <B> <C.Arn> ${D}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders.
    [{ 'Fn::Sub': ['${X} ${Y}', { X: { Ref: 'B' } }] }, '<B> <Y>'],
    [{ 'Fn::ImportValue': 'v' }, '<import v>'],
    [{ 'Fn::GetAtt': 'C.Stream.Arn' }, '<C.Stream.Arn>'],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [{ a: [{ Ref: 'B' }, { Ref: 'AWS::NoValue' }], c: { Ref: 'AWS::NoValue' } }, { a: ['<B>'] }],
    [
      { Ref: 'x', Other: 1 },
      { Ref: 'x', Other: 1 },
    ],
  ])('%j is %j', (value, resolved) => {
    expect(resolve(value, references)).toEqual(resolved);
  });
});

test('a rate is converted to milliseconds, and a cron expression is refused', () => {
  expect(rateOf('S', 'rate(15 minutes)')).toBe(900_000);
  expect(rateOf('S', 'rate(1 day)')).toBe(86_400_000);
  expect(() => rateOf('S', 'cron(0 12 * * ? *)')).toThrow(/S: .*cron/);
});
