import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { type ConsoleSettings, consoleFrom, consoleOptions } from './console-settings.ts';
import { consoleUrlFrom, originsFrom } from './page-addresses.ts';
import { StageError } from './stage-error.ts';

/** The stages. `local` is the local cloud on a developer's machine, which runs the same templates. */
export const stageNames = ['local', 'dev', 'staging', 'production'] as const;
export type StageName = (typeof stageNames)[number];

/** The stages that run on AWS. */
export const deployableStages = stageNames.filter((name) => name !== 'local');

/**
 * How a release replaces the previous one:
 * - `in place`: functions and state machine are updated directly.
 * - `at once`: they are versions behind an alias, which moves to the new version in one step, and back on a rollback.
 * - `canary`: like `at once`, but new versions of the API's functions and the state machine first get a tenth of the calls, and
 *   alarms roll them back.
 */
export const rollouts = ['in place', 'at once', 'canary'] as const;
export type Rollout = (typeof rollouts)[number];

/** The settings that differ between stages. */
export type Stage = {
  name: StageName;
  /** Whether data is backed up and retained when its stack is deleted. */
  keepsData: boolean;
  /** Whether stacks and resources with data are protected against deletion. Off for a first deployment, and for removing a stage. */
  isProtected: boolean;
  /** The retention of logs, in days. */
  logRetention: RetentionDays;
  /** The retention of journal entries, in days. */
  journalDays: number;
  logLevel: 'DEBUG' | 'INFO' | 'WARN';
  /** The rate limit of the API over all routes, in requests per second, and its burst limit. */
  throttle: { rateLimit: number; burstLimit: number };
  /** The default rate limit of a partner, in requests per second, averaged over five seconds. */
  partnerRequestsPerSecond: number;
  /** The rate limit of each public route, in requests per second, and its burst limit. */
  openThrottle: { rateLimit: number; burstLimit: number };
  /** How many batches of a shard of the table's stream are processed concurrently. */
  batchesPerShard: number;
  /** How often the schedule polls due orders. An order is polled at growing intervals; this is the shortest. */
  pollEveryMinutes: number;
  rollout: Rollout;
  /** Whether to deploy a stand-in for the operators and use it in their place. */
  sandbox: boolean;
  /** The external issuer of the tokens that the API accepts; the deployment's own user pool when omitted. */
  externalTokens?: Tokens;
  /** The page to which the user pool redirects users after they sign in. */
  signInAt?: string;
  /**
   * The address of the console, or of other pages on which users sign in. Invitations link to it, and the user pool redirects users to it.
   * Unknown before the first deployment if CloudFront chooses it.
   */
  consoleUrl?: string;
  /** Whether users need a second factor to sign in. */
  secondFactor: 'required' | 'optional';
  /** The address that receives alarms by email, in addition to other subscribers of their topic. */
  alarmEmail?: string;
  /** The origins whose pages may call the API from a browser. The console of the stage has the origin of the API. */
  corsOrigins: readonly string[];
  /** How the console is served; not at all when omitted. */
  console?: ConsoleSettings;
  /** Sends the user pool's emails through SES. When omitted, Cognito sends up to 50 a day, from its own address. */
  email?: EmailSender;
  /** How costs are monitored; not at all when omitted. */
  costs?: CostWatch;
  concurrency: Concurrency;
  /** The account and region. When given, deploying with the credentials of another account fails. */
  environment?: { account: string; region: string };
};

/** An address to send from, and the ARN of the verified identity in SES that covers it. */
export type EmailSender = { from: string; identityArn: string };

/**
 * - `budget`: a monthly budget for the account, in US dollars. Works in every account.
 * - `anomalies`: AWS detects unusual costs, by the tag of the system. AWS allows monitors of tags only in the management account of an
 *   organisation, and in accounts without an organisation.
 */
export type CostWatch = { kind: 'budget'; monthlyDollars: number } | { kind: 'anomalies' };

/** How much of the account's Lambda concurrency the stage uses. Reserved concurrency is not available to other functions. */
export type Concurrency = {
  /** How many shards of a bulk operation are processed concurrently, each by one invocation. */
  shards: number;
  /** Reserved for the sandbox's function, which is open to the internet; none when omitted. */
  sandbox?: number;
};

/** The issuer and the audiences of the tokens that the API accepts. */
export type Tokens = { issuer: string; audiences: readonly string[] };

const defaults: Record<StageName, Omit<Stage, 'name' | 'isProtected' | 'corsOrigins'>> = {
  local: {
    keepsData: false,
    logRetention: 1,
    journalDays: 1,
    pollEveryMinutes: 1,
    rollout: 'in place',
    // The local cloud runs the stand-in itself.
    sandbox: false,
    secondFactor: 'optional',
    logLevel: 'INFO',
    partnerRequestsPerSecond: 5_000,
    openThrottle: { rateLimit: 5_000, burstLimit: 5_000 },
    batchesPerShard: 2,
    throttle: { rateLimit: 5_000, burstLimit: 5_000 },
    concurrency: { shards: 16 },
  },
  dev: {
    keepsData: false,
    logRetention: 7,
    journalDays: 30,
    // The stand-in can deliver immediately.
    pollEveryMinutes: 1,
    rollout: 'in place',
    sandbox: true,
    secondFactor: 'optional',
    logLevel: 'DEBUG',
    partnerRequestsPerSecond: 25,
    openThrottle: { rateLimit: 20, burstLimit: 40 },
    batchesPerShard: 2,
    throttle: { rateLimit: 50, burstLimit: 100 },
    // Works in a new account, whose Lambda concurrency is 10 and leaves nothing to reserve.
    concurrency: { shards: 4 },
  },
  staging: {
    keepsData: false,
    logRetention: 30,
    journalDays: 90,
    pollEveryMinutes: 1,
    // Aliases, as on production, but without waiting for a canary.
    rollout: 'at once',
    sandbox: true,
    secondFactor: 'optional',
    logLevel: 'INFO',
    partnerRequestsPerSecond: 100,
    openThrottle: { rateLimit: 20, burstLimit: 40 },
    batchesPerShard: 10,
    throttle: { rateLimit: 200, burstLimit: 400 },
    // The sandbox can answer all shards concurrently. Further calls are refused with 429.
    concurrency: { shards: 16, sandbox: 20 },
  },
  production: {
    keepsData: true,
    logRetention: 365,
    journalDays: 730,
    pollEveryMinutes: 15,
    rollout: 'canary',
    sandbox: false,
    secondFactor: 'required',
    logLevel: 'INFO',
    partnerRequestsPerSecond: 100,
    openThrottle: { rateLimit: 50, burstLimit: 100 },
    batchesPerShard: 10,
    throttle: { rateLimit: 500, burstLimit: 1_000 },
    concurrency: { shards: 16 },
    // Four times the cost of the small fleet in docs/cost.md. Raise it as the fleet grows.
    costs: { kind: 'budget', monthlyDollars: 200 },
  },
};

/** The context keys of a stage (`-c`), other than `stage` itself. */
export const stageOptions = [
  'issuer',
  'audience',
  'signInAt',
  'consoleUrl',
  'secondFactor',
  'sandbox',
  'alarmEmail',
  'rollout',
  'protect',
  'corsOrigins',
  'emailFrom',
  'emailIdentityArn',
  'monthlyBudget',
  'costAnomalies',
  ...consoleOptions,
] as const;

/**
 * The stage that the context describes:
 * - `-c stage=` is its name, `dev` when omitted.
 * - `-c issuer= -c audience=` accept the tokens of another OpenID Connect issuer instead of the deployment's own user pool.
 * - `-c signInAt=` is the page to which the user pool redirects users.
 * - `-c consoleUrl=` is the address of the console: invitations link to it instead of the user pool's own page.
 * - `-c secondFactor=required` demands a second factor on other stages, too.
 * - `-c sandbox=false` uses real operators instead of the stand-in.
 * - `-c alarmEmail=` receives alarms.
 * - `-c rollout=` overrides the rollout of the stage, for example for a release that fixes the cause of an alarm.
 * - `-c protect=false` allows deleting a stage that keeps data, for its first deployment, which may fail.
 * - `-c corsOrigins=` is a comma-separated list of origins.
 * - `-c consoleCertificateArn=` serves the console at the domain of `consoleUrl`; `-c consoleClientId= -c consoleScope=` are its client at
 *   another issuer.
 * - `-c emailFrom= -c emailIdentityArn=` send emails through SES.
 * - `-c monthlyBudget=` is in US dollars; `-c costAnomalies=true` replaces the budget.
 * - `-c <stage>Account= -c <stage>Region=` bind a stage to an account and region.
 *
 * The stage `local` is only for the local cloud, which issues tokens to everybody.
 *
 * @throws StageError when the stage is unknown, or options are invalid or incomplete.
 */
export function stageFrom(context: (key: string) => unknown, { forLocalCloud = false } = {}): Stage {
  const name = context('stage') ?? 'dev';
  if (!isStageName(name)) {
    throw new StageError(`Unknown stage "${String(name)}". Give one of: -c stage=${deployableStages.join('|')}`);
  }
  if (name === 'local' && !forLocalCloud) {
    throw new StageError(
      `The stage "local" is for the local cloud (npm start) and cannot be deployed. Give one of: -c stage=${deployableStages.join('|')}`,
    );
  }
  const option = (key: (typeof stageOptions)[number]) => {
    const value = context(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const issuer = option('issuer');
  const audience = option('audience');
  const signInAt = option('signInAt');
  const consoleUrl = consoleUrlFrom(option('consoleUrl'));
  const secondFactor = option('secondFactor');
  if (secondFactor !== undefined && secondFactor !== 'required') {
    throw new StageError('A second factor can only be added: -c secondFactor=required');
  }
  const alarmEmail = option('alarmEmail');
  const rollout = option('rollout');
  if (rollout !== undefined && !isRollout(rollout)) {
    throw new StageError(`Unknown rollout "${rollout}". Give one of: ${rollouts.join(', ')}`);
  }
  const environment = environmentFrom(context, name);
  const email = emailFrom(option('emailFrom'), option('emailIdentityArn'));
  const costs = costWatchFrom(option('monthlyBudget'), option('costAnomalies')) ?? defaults[name].costs;
  if ((issuer === undefined) !== (audience === undefined)) {
    throw new StageError(
      'Give both the issuer and the audience of tokens: -c issuer=... -c audience=... Give neither to deploy a user pool.',
    );
  }
  // The local cloud serves the console itself.
  const console =
    name === 'local' ? undefined : consoleFrom(option, { hasExternalIssuer: issuer !== undefined, consoleUrl });
  return {
    name,
    ...defaults[name],
    ...(console && { console }),
    corsOrigins: originsFrom(option('corsOrigins')),
    ...(email && { email }),
    ...(costs && { costs }),
    ...(environment && { environment }),
    isProtected: defaults[name].keepsData && option('protect') !== 'false',
    ...(issuer !== undefined && audience !== undefined && { externalTokens: { issuer, audiences: [audience] } }),
    ...(signInAt !== undefined && { signInAt }),
    ...(consoleUrl !== undefined && { consoleUrl }),
    ...(secondFactor !== undefined && { secondFactor }),
    ...(alarmEmail !== undefined && { alarmEmail }),
    ...(option('sandbox') === 'false' && { sandbox: false }),
    ...(rollout !== undefined && { rollout }),
  };
}

/**
 * The account and region of a stage or the pipeline, from `-c <name>Account= -c <name>Region=`.
 *
 * @throws StageError when only one of them is given, or one is invalid.
 */
export function environmentFrom(
  context: (key: string) => unknown,
  name: StageName | 'pipeline',
): Stage['environment'] | undefined {
  const account = context(`${name}Account`);
  const region = context(`${name}Region`);
  if (!account && !region) return undefined;
  const environment = environmentSchema.safeParse({ account: String(account ?? ''), region });
  if (!environment.success) {
    throw new StageError(
      `Give both an account and its region: -c ${name}Account=<12 digits> -c ${name}Region=eu-west-1`,
    );
  }
  return environment.data;
}

const environmentSchema = z.object({
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
});

/** @throws StageError when only one of them is given, or one is invalid. */
function emailFrom(from: string | undefined, identityArn: string | undefined): EmailSender | undefined {
  if (from === undefined && identityArn === undefined) return undefined;
  const sender = emailSchema.safeParse({ from, identityArn });
  if (!sender.success) {
    throw new StageError(
      'Give both a sender address and its verified identity in SES: -c emailFrom=sims@example.net ' +
        '-c emailIdentityArn=arn:aws:ses:<region>:<account>:identity/example.net',
    );
  }
  return sender.data;
}

const emailSchema = z.object({
  from: z.email(),
  identityArn: z.string().regex(/^arn:aws[a-z-]*:ses:[a-z0-9-]+:\d{12}:identity\/\S+$/),
});

/** @throws StageError when the budget is not a whole number of dollars, or both are given. */
function costWatchFrom(monthlyBudget: string | undefined, costAnomalies: string | undefined): CostWatch | undefined {
  if (monthlyBudget !== undefined && costAnomalies === 'true') {
    throw new StageError('Give -c monthlyBudget= or -c costAnomalies=true, not both.');
  }
  if (costAnomalies === 'true') return { kind: 'anomalies' };
  if (monthlyBudget === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(monthlyBudget)) {
    throw new StageError(`"${monthlyBudget}" is not a budget in whole US dollars: -c monthlyBudget=500`);
  }
  return { kind: 'budget', monthlyDollars: Number(monthlyBudget) };
}

function isStageName(value: unknown): value is StageName {
  return stageNames.some((name) => name === value);
}

function isRollout(value: string): value is Rollout {
  return rollouts.some((rollout) => rollout === value);
}
