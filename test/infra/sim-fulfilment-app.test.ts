import { beforeAll, describe, expect, test } from '@jest/globals';
import { table } from '../../adapters/dynamodb/table.ts';
import { resources } from '../../functions/api/routes.ts';
import { bundleName } from '../../infra/functions/bundles.ts';
import { functionEntries, scheduleEntries } from '../../infra/functions/entries.ts';
import { permissions } from '../../infra/functions/permissions.ts';
import { expectResource, resourcesOf, type SynthesisedStage, synthesised, type Template } from './synthesised.ts';

const real = { issuer: 'https://login.partner-connect.net', audience: 'sim-fulfilment' };
let dev: SynthesisedStage;
let production: SynthesisedStage;

beforeAll(async () => {
  dev = await synthesised();
  production = await synthesised({ stage: 'production' });
}, 180_000);

type Statement = { Effect: string; Action: string | string[]; Resource: unknown; Condition?: unknown };

/** Every statement that gives a role something, with where it stands. */
function statements(template: Template): (Statement & { id: string })[] {
  const found: (Statement & { id: string })[] = [];
  const collect = (id: string, document: unknown) => {
    // A policy document in a template the CDK made has a list of statements.
    for (const statement of (document as { Statement: Statement[] }).Statement) found.push({ id, ...statement });
  };
  for (const [id, { Properties }] of resourcesOf(template, 'AWS::IAM::Policy')) collect(id, Properties.PolicyDocument);
  for (const [id, { Properties }] of resourcesOf(template, 'AWS::IAM::Role')) {
    const inline = Array.isArray(Properties.Policies) ? Properties.Policies : [];
    // As above: what the CDK writes as an inline policy is a policy.
    for (const policy of inline as { PolicyDocument: unknown }[]) collect(id, policy.PolicyDocument);
  }
  return found;
}

const actionsOf = ({ Action }: Statement) => [Action].flat();

/** The logical ids of the CDK begin with the construct's, and a function's construct is named after its entry. */
function statementsByEntry(entry: string): Statement[] {
  const prefix = bundleName(entry)
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return statements(dev.service).filter(
    ({ id }) => id.startsWith(`${prefix}Role`) || id.startsWith(`${prefix}Executions`),
  );
}

const actionsByEntry = (entry: string) => statementsByEntry(entry).flatMap(actionsOf);

/** The schedule that starts comparisons calls the function that continues them. */
const SCHEDULES_OF_OTHER_FUNCTIONS = 1;

describe('the templates', () => {
  test.each([
    ['keeps data', { stage: 'production' }],
    ['does not', { stage: 'dev' }],
    ['has no users of its own', { stage: 'staging', ...real, consoleClientId: 'console' }],
    [
      'serves the console at a domain',
      {
        stage: 'staging',
        consoleUrl: 'https://console.partner-connect.net',
        consoleCertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d',
      },
    ],
  ])(
    'pass cdk-nag and the rules of CloudFormation on a stage that %s',
    async (_, context) => {
      await expect(synthesised(context, { validate: true })).resolves.toBeDefined();
    },
    180_000,
  );
});

/** What a resource waits for: the resources of its stack that it names. */
function namedBy(value: unknown, ids: ReadonlySet<string>): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const named = key === 'Ref' || key === 'Fn::GetAtt' || key === 'DependsOn' ? [inner].flat().map(String) : [];
    return [...named.filter((id) => ids.has(id)), ...namedBy(inner, ids)];
  });
}

describe('a stack', () => {
  test('has no circular dependency, which CloudFormation reports only at deployment', () => {
    for (const template of [dev.service, production.service, dev.identity ?? dev.data, dev.console ?? dev.data]) {
      const { Resources: all } = template;
      const ids = new Set(Object.keys(all));
      let waiting = Object.entries(all).map(([id, resource]) => ({ id, on: namedBy(resource, ids) }));
      for (let before = Number.POSITIVE_INFINITY; waiting.length < before; ) {
        before = waiting.length;
        const left = new Set(waiting.map(({ id }) => id));
        waiting = waiting.filter(({ on }) => on.some((id) => left.has(id)));
      }
      expect(waiting.map(({ id }) => id)).toEqual([]);
    }
  });
});

describe('the HTTP API', () => {
  const declared = Object.values(resources).flatMap(({ routes }) =>
    routes.map(({ method, path, access }) => ({ key: `${method} ${path}`, open: access === 'public' })),
  );
  const routes = () =>
    [...resourcesOf(dev.service, 'AWS::ApiGatewayV2::Route').values()].map(({ Properties }) => Properties);

  test('has exactly the routes of the route table, and one for unknown paths', () => {
    const keys = routes().map(({ RouteKey }) => RouteKey);
    expect(keys.sort()).toEqual([...declared.map(({ key }) => key), '$default'].sort());
  });

  test('requires a token on every route except public ones and that for unknown paths', () => {
    const withoutToken = routes().filter(({ AuthorizationType }) => AuthorizationType !== 'JWT');
    expect(withoutToken.map(({ RouteKey }) => RouteKey).sort()).toEqual([
      '$default',
      'GET /',
      'GET /docs',
      'GET /health',
      'GET /openapi.json',
      'POST /oauth2/token',
      'POST /v1/operators/{id}/push',
    ]);
    const [authorizerId] = resourcesOf(dev.service, 'AWS::ApiGatewayV2::Authorizer').keys();
    for (const route of routes().filter(({ AuthorizationType }) => AuthorizationType === 'JWT')) {
      expect(route.AuthorizerId).toEqual({ Ref: authorizerId });
    }
  });

  test('accepts only tokens of the external issuer, if configured', async () => {
    const { service, identity } = await synthesised({ stage: 'production', ...real });
    expect(identity).toBeUndefined();
    expectResource(service, 'AWS::ApiGatewayV2::Authorizer', {
      Properties: {
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: real.issuer, Audience: [real.audience] },
      },
    });
  }, 180_000);

  test('allows pages of the configured origins to call it, and none by default', async () => {
    const origins = ['https://console.partner-connect.net', 'https://portal.partner-connect.net'];
    const { service } = await synthesised({ corsOrigins: origins.join(',') });
    const corsOf = (template: Template) =>
      [...resourcesOf(template, 'AWS::ApiGatewayV2::Api').values()].map(
        ({ Properties }) => Properties.CorsConfiguration,
      );
    expect(corsOf(dev.service)).toEqual([undefined]);
    expect(corsOf(service)).toEqual([
      {
        AllowOrigins: origins,
        AllowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        AllowHeaders: expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-match']),
        ExposeHeaders: expect.arrayContaining(['etag', 'retry-after', 'x-request-id']),
        MaxAge: 3600,
      },
    ]);
  }, 180_000);

  test('throttles each route without a token separately', () => {
    const [stage] = resourcesOf(production.service, 'AWS::ApiGatewayV2::Stage').values();
    const own = { ThrottlingRateLimit: expect.any(Number), ThrottlingBurstLimit: expect.any(Number) };
    // API Gateway refuses the settings of a route that is made later.
    const open = [...resourcesOf(production.service, 'AWS::ApiGatewayV2::Route')].filter(
      ([, { Properties }]) => Properties.AuthorizationType !== 'JWT',
    );
    expect(open.length).toBeGreaterThan(0);
    expect(stage?.DependsOn).toEqual(expect.arrayContaining(open.map(([id]) => id)));
    expect(stage?.Properties.RouteSettings).toEqual(
      Object.fromEntries(open.map(([, { Properties }]) => [Properties.RouteKey, own])),
    );
  });

  test('is throttled and logs each request', () => {
    expectResource(dev.service, 'AWS::ApiGatewayV2::Stage', {
      Properties: {
        DefaultRouteSettings: {
          ThrottlingRateLimit: expect.any(Number),
          ThrottlingBurstLimit: expect.any(Number),
        },
        AccessLogSettings: { DestinationArn: expect.anything(), Format: expect.stringContaining('partner_id') },
      },
    });
  });

  test('invokes exactly its functions, with one role', () => {
    const integrations = [...resourcesOf(dev.service, 'AWS::ApiGatewayV2::Integration').values()];
    const invoked = integrations.map(({ Properties }) => JSON.stringify(Properties.IntegrationUri));
    expect(JSON.stringify(invoked)).toContain('ApiDocs');
    const roles = new Set(integrations.map(({ Properties }) => JSON.stringify(Properties.CredentialsArn)));
    expect(roles).toEqual(new Set([expect.stringContaining('HttpApiInvokeRole')]));

    const [[, role] = []] = [...resourcesOf(dev.service, 'AWS::IAM::Role')].filter(([id]) =>
      id.startsWith('HttpApiInvokeRole'),
    );
    if (!role) throw new Error('The stack has no role of the HTTP API');
    expect(role.Properties).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' } }],
      },
      Policies: [{ PolicyDocument: { Statement: [{ Action: 'lambda:InvokeFunction', Effect: 'Allow' }] } }],
    });
    // Safe: the policy has one statement, as checked above.
    const [policy] = role.Properties.Policies as [{ PolicyDocument: { Statement: [{ Resource: unknown[] }] } }];
    const allowed = policy.PolicyDocument.Statement[0].Resource.map((resource) => JSON.stringify(resource));
    expect(allowed.sort()).toEqual([...new Set(invoked)].sort());
  });
});

describe('every function', () => {
  const functions = () => [...resourcesOf(dev.service, 'AWS::Lambda::Function').values()];

  test('has an entry file of its own', () => {
    expect(functions()).toHaveLength(functionEntries(resources).length);
    expect(Object.keys(permissions).sort()).toEqual(functionEntries(resources).sort());
  });

  test('runs on Node 24 on arm64, is traced, and knows its table and stage', () => {
    for (const { Properties } of functions()) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        Environment: {
          Variables: { TABLE_NAME: expect.anything(), STAGE: 'dev', POWERTOOLS_METRICS_NAMESPACE: 'SimFulfilment-dev' },
        },
      });
    }
  });

  test('receives the name of a secret, never its value', () => {
    for (const { Properties } of functions()) {
      // Safe: a function's environment has this shape in a template.
      const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
      const { OPERATORS_SECRET, ...others } = Variables;
      // A reference to the secret, not a text.
      expect(typeof OPERATORS_SECRET).not.toBe('string');
      expect(JSON.stringify(others)).not.toMatch(/resolve:|secret|password|api_?key/i);
    }
  });

  test('has its own role and log', () => {
    const roles = functions().map(({ Properties }) => JSON.stringify(Properties.Role));
    const logs = functions().map(({ Properties }) => JSON.stringify(Properties.LoggingConfig));
    expect(new Set(roles).size).toBe(functions().length);
    expect(new Set(logs).size).toBe(functions().length);
  });

  test('answers within the 30 seconds of API Gateway when it serves the API', () => {
    for (const [id, { Properties }] of resourcesOf(dev.service, 'AWS::Lambda::Function')) {
      if (id.startsWith('Api')) expect(Properties.Timeout).toBeLessThan(30);
    }
  });

  test('has a whole core if its routes are busy, and a part of one otherwise', () => {
    const served = [...resourcesOf(dev.service, 'AWS::Lambda::Function')].filter(([id]) => id.startsWith('Api'));
    const whole = served.filter(([, { Properties }]) => Number(Properties.MemorySize) >= 1769);
    expect(whole.map(([id]) => id).sort()).toEqual([
      expect.stringMatching(/^ApiManualOrders/),
      expect.stringMatching(/^ApiOperatorReports/),
    ]);
  });

  test('that is invoked asynchronously sends failed events to the dead-letter queue', () => {
    const scheduled = [...resourcesOf(dev.service, 'AWS::Scheduler::Schedule').values()];
    expect(scheduled).toHaveLength(Object.keys(scheduleEntries).length + SCHEDULES_OF_OTHER_FUNCTIONS);
    const [deadLetters] = resourcesOf(dev.service, 'AWS::SQS::Queue').keys();
    const queue = { 'Fn::GetAtt': [deadLetters, 'Arn'] };
    const withDestination = [...resourcesOf(dev.service, 'AWS::Lambda::EventInvokeConfig').values()].map(
      ({ Properties }) => {
        expect(Properties.DestinationConfig).toEqual({ OnFailure: { Destination: queue } });
        return JSON.stringify(Properties.FunctionName).replace('Ref', 'Fn::GetAtt');
      },
    );
    for (const { Properties } of scheduled) {
      const target = Properties.Target;
      expect(target).toMatchObject({ DeadLetterConfig: { Arn: queue }, RetryPolicy: { MaximumRetryAttempts: 3 } });
      // What a schedule targets is a function's ARN, and names it as the configuration above does.
      const { Arn } = target as { Arn: { 'Fn::GetAtt': [string, string] } };
      expect(withDestination).toContain(JSON.stringify({ 'Fn::GetAtt': Arn['Fn::GetAtt'][0] }));
    }
  });
});

describe('the changes of the table', () => {
  test('that can be events reach one function, and the dead-letter queue when they fail', () => {
    const [stream] = resourcesOf(dev.data, 'AWS::DynamoDB::Table').values();
    expect(stream?.Properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' });
    const [deadLetters] = resourcesOf(dev.service, 'AWS::SQS::Queue').keys();
    expectResource(dev.service, 'AWS::Lambda::EventSourceMapping', {
      Properties: {
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: 20,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [deadLetters, 'Arn'] } } },
        FilterCriteria: { Filters: expect.arrayContaining([{ Pattern: expect.stringContaining('EVT#') }]) },
        StartingPosition: 'TRIM_HORIZON',
      },
    });
    // Lambda keeps the order of an item when it hands over several batches of a shard: a timeline's lines are items.
    const mappings = [...resourcesOf(production.service, 'AWS::Lambda::EventSourceMapping').values()];
    const atOnce = mappings.map(({ Properties }) => ({
      batches: Properties.ParallelizationFactor,
      timelines: JSON.stringify(Properties.FilterCriteria).includes('order.accepted'),
    }));
    expect(atOnce).toEqual(
      expect.arrayContaining([
        { batches: 10, timelines: false },
        { batches: 1, timelines: true },
      ]),
    );
    expect(mappings).toHaveLength(2);
    expectResource(dev.service, 'AWS::CloudWatch::Alarm', {
      Properties: { MetricName: 'IteratorAge', Threshold: 600_000 },
    });
  });
});

describe('every log', () => {
  test('has a retention', () => {
    for (const template of [dev.service, production.service]) {
      const logs = resourcesOf(template, 'AWS::Logs::LogGroup');
      for (const { Properties } of logs.values()) expect(Properties.RetentionInDays).toBeGreaterThan(0);
    }
  });
});

describe('the permissions of functions', () => {
  test('name their actions without wildcards', () => {
    for (const statement of [...statements(dev.service), ...statements(dev.data)]) {
      expect(actionsOf(statement).filter((action) => action.includes('*'))).toEqual([]);
    }
  });

  test('never include scanning the table, changing it, or using PartiQL', () => {
    const onTable = new Set(
      statements(dev.service)
        .flatMap(actionsOf)
        .filter((action) => action.startsWith('dynamodb:')),
    );
    expect([...onTable].sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:DescribeStream',
      'dynamodb:GetItem',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ]);
  });

  test('never include changing or removing a journal entry; only functions of the API may add one', () => {
    for (const entry of Object.keys(permissions).filter((name) => permissions[name]?.table.includes('PutItem'))) {
      expect(entry.startsWith('functions/api/') || !permissions[entry]?.journal).toBe(true);
      expect(statementsByEntry(entry)).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: permissions[entry]?.journal
            ? ['dynamodb:DeleteItem', 'dynamodb:UpdateItem']
            : ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
          Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['*#JOURNAL'] } },
        }),
      );
    }
  });

  test('include reading the table’s stream only for publishing events', () => {
    const readers = Object.keys(permissions).filter((entry) => actionsByEntry(entry).includes('dynamodb:GetRecords'));
    expect(readers).toEqual(['functions/streams/publish-events.ts']);
  });

  test('are bound to a resource, except for traces and log delivery', () => {
    const unbound = statements(dev.service).filter(({ Resource }) => Resource === '*');
    const services = new Set(unbound.flatMap(actionsOf).map((action) => action.split(':')[0]));
    expect([...services].sort()).toEqual(['logs', 'xray']);
  });

  test('include only reading for functions that do not write, and nothing for the documentation', () => {
    const beyondObserving = (entry: string) =>
      statementsByEntry(entry)
        .filter(({ Condition }) => Condition === undefined)
        .flatMap(actionsOf)
        .filter((action) => !/^(xray|logs):/.test(action));
    expect(beyondObserving('functions/api/catalogue.ts').sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
    ]);
    expect(beyondObserving('functions/api/docs.ts')).toEqual([]);
  });

  test('include creating the key of cursors for functions that write nothing else', () => {
    const conditional = statementsByEntry('functions/api/catalogue.ts').filter(({ Condition }) => Condition);
    expect(conditional.map(({ Action, Condition }) => ({ Action, Condition }))).toEqual([
      {
        Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['SYSTEM', 'REQUESTS'] } },
      },
    ]);
  });

  test('include reading due items across partners only for schedules', () => {
    const acrossPartners = statements(dev.service).filter(({ Resource }) =>
      JSON.stringify(Resource).includes(`/index/${table.indexes.due.name}"`),
    );
    for (const { id } of acrossPartners) expect(id).toMatch(/^Schedules/);
    expect(acrossPartners).toHaveLength(5);
  });

  test('include reading the operators’ secret only for functions that call operators', () => {
    const reads = Object.keys(permissions).filter((entry) =>
      actionsByEntry(entry).includes('secretsmanager:GetSecretValue'),
    );
    expect(reads.sort()).toEqual(
      Object.keys(permissions)
        .filter((entry) => permissions[entry]?.operators)
        .sort(),
    );
  });

  test('include access to the user pool only for functions that declare it', () => {
    const rightsOn = (entry: string) =>
      statementsByEntry(entry)
        .filter((statement) => actionsOf(statement).some((action) => /^(cognito-idp|apigateway):/.test(action)))
        .map(({ Action, Resource }) => [[Action].flat(), JSON.stringify(Resource)]);
    const having = Object.keys(permissions).filter((entry) => rightsOn(entry).length > 0);
    expect(having.sort()).toEqual([
      'functions/api/customers.ts',
      'functions/api/tokens.ts',
      'functions/api/users.ts',
      'functions/schedules/sync-users.ts',
    ]);
    const pool = expect.stringMatching(/^\{"Fn::ImportValue":"SimFulfilment-dev-Identity:[^"]*Users[^"]*Arn/);
    expect(rightsOn('functions/api/customers.ts')).toEqual([
      [['cognito-idp:AdminDisableUser', 'cognito-idp:AdminUserGlobalSignOut'], pool],
    ]);
    expect(rightsOn('functions/api/tokens.ts')).toEqual([[['cognito-idp:DescribeUserPoolClient'], pool]]);
    expect(rightsOn('functions/api/users.ts')).toEqual([
      [expect.arrayContaining(['cognito-idp:AdminCreateUser']), pool],
    ]);
    const [[synced = []] = []] = rightsOn('functions/schedules/sync-users.ts');
    expect(synced).not.toContain('cognito-idp:AdminCreateUser');
    expect(synced).not.toContain('cognito-idp:AdminAddUserToGroup');
  });

  test('do not include a user pool if another issuer signs the tokens', async () => {
    const { service } = await synthesised({ stage: 'staging', ...real });
    const actions = statements(service).flatMap(actionsOf);
    expect(actions.filter((action) => /^(cognito-idp|apigateway):/.test(action))).toEqual([]);
    expect(JSON.stringify(service)).not.toContain('USER_POOL_ID');
    const schedules = Object.keys(scheduleEntries).length - 1 + SCHEDULES_OF_OTHER_FUNCTIONS;
    expect(resourcesOf(service, 'AWS::Scheduler::Schedule').size).toBe(schedules);
  }, 180_000);

  test('include starting executions only for functions that start or resume orders and operations', () => {
    const starts = Object.keys(permissions).filter((entry) => actionsByEntry(entry).includes('states:StartExecution'));
    expect(starts.sort()).toEqual([
      'functions/api/manual-orders.ts',
      'functions/api/operations.ts',
      'functions/api/operator-reports.ts',
      'functions/api/orders.ts',
      'functions/api/sims.ts',
      'functions/schedules/collect-usage.ts',
      'functions/schedules/sweep.ts',
      'functions/schedules/walk-sims.ts',
      // Goes on in a fresh execution.
      'functions/workflow/next-stage.ts',
    ]);
  });
});

describe('the data', () => {
  test('can be restored to any second of the last weeks, on every stage', () => {
    for (const { data } of [dev, production]) {
      expectResource(data, 'AWS::DynamoDB::Table', {
        Properties: {
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { SSEEnabled: true },
          BillingMode: 'PAY_PER_REQUEST',
        },
      });
    }
  });

  test('is backed up daily and monthly in production, where no backup can be deleted early', () => {
    const [plan] = resourcesOf(production.data, 'AWS::Backup::BackupPlan').values();
    // Safe: a plan's rules have this shape in a template.
    const rules = (
      plan?.Properties.BackupPlan as { BackupPlanRule: { RuleName: string; Lifecycle: object }[] } | undefined
    )?.BackupPlanRule;
    expect(rules?.map(({ RuleName, Lifecycle }) => [RuleName, Lifecycle])).toEqual([
      ['Daily', { DeleteAfterDays: 35 }],
      ['Monthly', { DeleteAfterDays: 365 }],
    ]);
    expectResource(production.data, 'AWS::Backup::BackupVault', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { LockConfiguration: { MinRetentionDays: 35 } },
    });
    const [selection] = resourcesOf(production.data, 'AWS::Backup::BackupSelection').values();
    expect(JSON.stringify(selection?.Properties)).toContain('Table');
    expect(resourcesOf(dev.data, 'AWS::Backup::BackupPlan').size).toBe(0);
  });

  test('is retained in production', () => {
    expectResource(production.data, 'AWS::DynamoDB::Table', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
    expectResource(production.data, 'AWS::SecretsManager::Secret', { DeletionPolicy: 'RetainExceptOnCreate' });
    expect(production.terminationProtected).toContain('data');
    for (const { DeletionPolicy } of resourcesOf(production.service, 'AWS::Logs::LogGroup').values()) {
      expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    }
  });

  test('has the keys and indexes that the functions use', () => {
    const [made] = resourcesOf(dev.data, 'AWS::DynamoDB::Table').values();
    const keys = (partitionKey: string, sortKey: string) => [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ];
    expect(made?.Properties.KeySchema).toEqual(keys(table.partitionKey, table.sortKey));
    expect(made?.Properties.TimeToLiveSpecification).toEqual({ AttributeName: table.timeToLive, Enabled: true });
    expect(made?.Properties.GlobalSecondaryIndexes).toEqual(
      Object.values(table.indexes).map(({ name, partitionKey, sortKey }) => ({
        IndexName: name,
        KeySchema: keys(partitionKey, sortKey),
        Projection: { ProjectionType: name === table.indexes.due.name ? 'KEYS_ONLY' : 'ALL' },
      })),
    );
  });

  test('has no operator key in its template', () => {
    const [secret] = resourcesOf(dev.data, 'AWS::SecretsManager::Secret').values();
    expect(secret?.Properties.SecretString).toBeUndefined();
  });
});
