import * as z from 'zod';

/** The properties of a function that affect its cost. */
export type DeployedFunction = { kind: 'api' | 'task' | 'schedule' | 'stream'; memoryMb: number; isArm: boolean };

/** The parts of a stage that cost money, read from its templates. */
export type Deployed = {
  functions: readonly DeployedFunction[];
  schedules: readonly { name: string; everyMinutes: number; runs: DeployedFunction }[];
  routes: number;
  /** Retention of logs and of the journal. */
  logDays: number;
  journalDays: number;
  isTraced: boolean;
  hasRecovery: boolean;
  /** Metrics with alarms: an alarm on an expression counts each of its metrics. */
  alarmedMetrics: number;
  dashboards: number;
  secrets: number;
  /** Whether the stage has its own users. */
  hasUsers: boolean;
  /** Whether the stage serves the console. */
  hasConsole: boolean;
  /** Functions that read a secret. */
  secretReaders: number;
};

/** The parts of a template that are read. */
export type Resources = Readonly<Record<string, { Type: string; Properties?: unknown }>>;

const attribute = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const ref = z.object({ Ref: z.string() });
/** A function, or an alias of one. */
const target = z.union([attribute.transform(({ 'Fn::GetAtt': [id] }) => id), ref.transform(({ Ref }) => Ref)]);
const aliasSchema = z.object({ FunctionName: ref });
const functionSchema = z.object({
  MemorySize: z.number(),
  Architectures: z.array(z.string()).default(['x86_64']),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
});
const scheduleSchema = z.object({ ScheduleExpression: z.string(), Target: z.object({ Arn: target }) });
const logGroupSchema = z.object({ RetentionInDays: z.number() });
const tableSchema = z.object({
  PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }).optional(),
});
const alarmSchema = z.object({ Metrics: z.array(z.object({ MetricStat: z.unknown().optional() })).optional() });

/**
 * Reads the parts that cost money from the templates of a stage.
 *
 * @throws when a template is not like this project's: a function without a memory size, a log without retention
 */
export function deployedIn(...templates: readonly Resources[]): Deployed {
  const all = <Shape extends z.ZodType>(type: string, schema: Shape) =>
    templates.flatMap((resources) =>
      Object.entries(resources)
        .filter(([id, { Type }]) => Type === type && !isOfDeployment(id))
        .map(([id, { Properties }]) => ({ id, properties: schema.parse(Properties ?? {}) })),
    );
  const lambdas = all('AWS::Lambda::Function', functionSchema);
  const functions = new Map(
    lambdas.map(({ id, properties }): [string, DeployedFunction] => [
      id,
      { kind: kindOf(id), memoryMb: properties.MemorySize, isArm: properties.Architectures.includes('arm64') },
    ]),
  );
  const aliases = new Map(
    all('AWS::Lambda::Alias', aliasSchema).map(({ id, properties }) => [id, properties.FunctionName.Ref]),
  );
  const variables = lambdas.map(({ properties }) => properties.Environment?.Variables ?? {});
  return {
    functions: [...functions.values()],
    schedules: all('AWS::Scheduler::Schedule', scheduleSchema).map(({ id, properties }) => {
      const named = properties.Target.Arn;
      const name = aliases.get(named) ?? named;
      const runs = functions.get(name);
      if (!runs) {
        throw new Error(`The schedule ${id} runs ${name}, which is not a function of the template.`);
      }
      return { name, everyMinutes: minutesOf(properties.ScheduleExpression), runs };
    }),
    routes: all('AWS::ApiGatewayV2::Route', z.unknown()).length,
    logDays: Math.max(0, ...all('AWS::Logs::LogGroup', logGroupSchema).map((log) => log.properties.RetentionInDays)),
    journalDays: Math.max(0, ...variables.map(({ JOURNAL_DAYS }) => Number(JOURNAL_DAYS ?? 0))),
    isTraced: lambdas.some(({ properties }) => properties.TracingConfig?.Mode === 'Active'),
    hasRecovery: all('AWS::DynamoDB::Table', tableSchema).some(
      ({ properties }) => properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true,
    ),
    alarmedMetrics: all('AWS::CloudWatch::Alarm', alarmSchema).reduce(
      (sum, { properties: { Metrics } }) => sum + (Metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1),
      0,
    ),
    dashboards: all('AWS::CloudWatch::Dashboard', z.unknown()).length,
    secrets: all('AWS::SecretsManager::Secret', z.unknown()).length,
    hasUsers: all('AWS::Cognito::UserPool', z.unknown()).length > 0,
    hasConsole: all('AWS::CloudFront::Distribution', z.unknown()).length > 0,
    secretReaders: variables.filter(({ OPERATORS_SECRET }) => OPERATORS_SECRET !== undefined).length,
  };
}

/** Whether a resource belongs to the CDK's implementation of deployments, whose functions run only then. */
function isOfDeployment(id: string): boolean {
  return id.startsWith('Custom');
}

/** The template names a function by its entry file: `functions/workflow/migrate.ts` is `WorkflowMigrate...`. */
function kindOf(id: string): DeployedFunction['kind'] {
  if (id.startsWith('Workflow')) {
    return 'task';
  }
  if (id.startsWith('Streams')) {
    return 'stream';
  }
  return id.startsWith('Schedules') ? 'schedule' : 'api';
}

const minutesIn: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 24 * 60 };

function minutesOf(rate: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(rate) ?? [];
  const minutes = minutesIn[unit];
  if (minutes === undefined) {
    throw new Error(`The rate ${rate} is not supported.`);
  }
  return Number(count) * minutes;
}
