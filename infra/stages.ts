import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';

/** Where the system can run. `local` is the local cloud on a developer's machine; it boots from the same template. */
export const stageNames = ['local', 'dev', 'staging', 'production'] as const;
export type StageName = (typeof stageNames)[number];

/** The stages that run on AWS. */
export const deployableStages = stageNames.filter((name) => name !== 'local');

/**
 * How a release takes over from the one before:
 * - `in place`: functions and state machine are changed, and whoever calls them has the new ones.
 * - `at once`: they are versions behind an alias, which goes to the new ones in one step, and back to the old ones.
 * - `canary`: as `at once`, but the functions of the API and the state machine get a tenth of the calls first, and an alarm takes
 *   them back.
 */
export const rollouts = ['in place', 'at once', 'canary'] as const;
export type Rollout = (typeof rollouts)[number];

/** What differs between stages; everything else is the same everywhere. */
export type Stage = {
  name: StageName;
  /** Whether the data outlives its stack: resources are kept when their stack is deleted, and backed up. */
  keepsData: boolean;
  /** Whether stacks and resources that keep data refuse to be deleted. Off for a first deployment, and for taking a stage down. */
  isProtected: boolean;
  /** For how many days logs are kept. */
  logRetention: RetentionDays;
  /** For how many days it is kept who did what. */
  journalDays: number;
  logLevel: 'DEBUG' | 'INFO' | 'WARN';
  /** Requests per second, over all routes, and how far above that a burst may go. */
  throttle: { rateLimit: number; burstLimit: number };
  /** Requests per second of one partner, on average over five seconds; the platform can agree on another number with it. */
  partnerRequestsPerSecond: number;
  /** Requests per second on each route that takes no token. */
  openThrottle: { rateLimit: number; burstLimit: number };
  /** How many batches of one shard of the table's stream become events at a time. */
  batchesPerShard: number;
  /** How often it is looked which orders are due; each is asked about less and less, so that this is how late news is at first. */
  pollEveryMinutes: number;
  rollout: Rollout;
  /** Whether a stand-in for the operators is deployed along, and called in their place. */
  sandbox: boolean;
  /** Who else signs the tokens that the API takes; the deployment's own user pool, when left out. */
  externalTokens?: Tokens;
  /** The page to which the user pool sends people who have signed in. */
  signInAt?: string;
  /** The address that gets alarms by e-mail, beside other subscribers of their topic. */
  alarmEmail?: string;
  /** The origins whose pages may call the API from a browser; none by default. */
  corsOrigins: readonly string[];
  /** Sends the user pool's e-mails through SES. When left out, Cognito sends them: up to 50 a day, from an address of its own. */
  email?: EmailSender;
  /** What reports unusual costs; nothing when left out. */
  costs?: CostWatch;
  concurrency: Concurrency;
  /** The account and region, where they are given: deploying with credentials of another account is then refused. */
  environment?: { account: string; region: string };
};

/** An address to send from, and the ARN of the verified identity in SES that covers it. */
export type EmailSender = { from: string; identityArn: string };

/**
 * - `budget`: a monthly limit, in US dollars, on the costs of the account. Works in every account.
 * - `anomalies`: AWS finds what costs more than expected, by the tag of the system. AWS allows monitors by tag in the management
 *   account of an organisation alone, and in accounts without an organisation.
 */
export type CostWatch = { kind: 'budget'; monthlyDollars: number } | { kind: 'anomalies' };

/** How much of the account's Lambda concurrency the stage may take. Reserved concurrency is taken from all other functions. */
export type Concurrency = {
  /** How many shards of a bulk operation are worked at the same time, each by one invocation. */
  shards: number;
  /** Reserved for the sandbox's function, which is open to the internet; nothing when left out. */
  sandbox?: number;
};

/** Tokens that the API takes: who signs them, and for whom they have to be meant. */
export type Tokens = { issuer: string; audience: string };

/** A stage that cannot be built from what was given; the message says what to give. */
export class StageError extends Error {
  override readonly name = 'StageError';
}

const defaults: Record<StageName, Omit<Stage, 'name' | 'isProtected' | 'corsOrigins'>> = {
  local: {
    keepsData: false,
    logRetention: 1,
    journalDays: 1,
    pollEveryMinutes: 1,
    rollout: 'in place',
    // The local cloud runs the stand-in itself.
    sandbox: false,
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
    // The stand-in delivers at once when it is told to.
    pollEveryMinutes: 1,
    rollout: 'in place',
    sandbox: true,
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
    // As production, so that its acceptance goes the same ways, but for the waiting.
    rollout: 'at once',
    sandbox: true,
    logLevel: 'INFO',
    partnerRequestsPerSecond: 100,
    openThrottle: { rateLimit: 20, burstLimit: 40 },
    batchesPerShard: 10,
    throttle: { rateLimit: 200, burstLimit: 400 },
    // The sandbox answers as many shards as there are, and no more: calls beyond that are refused with 429.
    concurrency: { shards: 16, sandbox: 20 },
  },
  production: {
    keepsData: true,
    logRetention: 365,
    journalDays: 730,
    pollEveryMinutes: 15,
    rollout: 'canary',
    sandbox: false,
    logLevel: 'INFO',
    partnerRequestsPerSecond: 100,
    openThrottle: { rateLimit: 50, burstLimit: 100 },
    batchesPerShard: 10,
    throttle: { rateLimit: 500, burstLimit: 1_000 },
    concurrency: { shards: 16 },
    // Four times what the small fleet of docs/cost.md costs: to be raised as the fleet grows.
    costs: { kind: 'budget', monthlyDollars: 200 },
  },
};

/** What can be said of a stage with `-c`, beside its name. */
export const stageOptions = [
  'issuer',
  'audience',
  'signInAt',
  'sandbox',
  'alarmEmail',
  'rollout',
  'protect',
  'corsOrigins',
  'emailFrom',
  'emailIdentityArn',
  'monthlyBudget',
  'costAnomalies',
] as const;

/**
 * The stage that the context asks for (`-c stage=`), `dev` when it names none. `-c issuer= -c audience=` take the tokens of
 * another OpenID Connect issuer instead of a user pool of the deployment's own; `-c signInAt=` is that pool's page. With
 * `-c sandbox=false` a stage calls real operators where it would call the stand-in; `-c alarmEmail=` is told of alarms.
 * `-c rollout=` replaces the stage's own way to take over, as for a release that mends what an alarm tells of.
 * With `-c protect=false` a stage that keeps data can be deleted: for its first deployment, which may fail. `-c corsOrigins=` is a
 * list of origins, separated by commas. `-c emailFrom= -c emailIdentityArn=` send e-mails through SES. `-c monthlyBudget=` is in US
 * dollars; `-c costAnomalies=true` replaces the budget. `-c <stage>Account= -c <stage>Region=` bind a stage to an account.
 *
 * The stage `local` is for the local cloud alone: it gives tokens to everybody, and deploys nothing that it could do without.
 *
 * @throws StageError when there is no such stage, or what is given of it makes no whole
 */
export function stageFrom(context: (key: string) => unknown, { forLocalCloud = false } = {}): Stage {
  const name = context('stage') ?? 'dev';
  if (!isStageName(name)) {
    throw new StageError(`There is no stage "${String(name)}". Give one of: -c stage=${deployableStages.join('|')}`);
  }
  if (name === 'local' && !forLocalCloud) {
    throw new StageError(
      `The stage "local" is the local cloud's (npm start) and cannot be deployed. Give one of: -c stage=${deployableStages.join('|')}`,
    );
  }
  const given = (key: (typeof stageOptions)[number]) => {
    const value = context(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const issuer = given('issuer');
  const audience = given('audience');
  const signInAt = given('signInAt');
  const alarmEmail = given('alarmEmail');
  const rollout = given('rollout');
  if (rollout !== undefined && !isRollout(rollout)) {
    throw new StageError(`There is no rollout "${rollout}". Give one of: ${rollouts.join(', ')}`);
  }
  const environment = environmentFrom(context, name);
  const email = emailFrom(given('emailFrom'), given('emailIdentityArn'));
  const costs = costWatchFrom(given('monthlyBudget'), given('costAnomalies')) ?? defaults[name].costs;
  if ((issuer === undefined) !== (audience === undefined)) {
    throw new StageError(
      `An issuer of tokens and whom they are meant for come together: -c issuer=... -c audience=...; neither, for a user ` +
        `pool of the deployment's own.`,
    );
  }
  return {
    name,
    ...defaults[name],
    corsOrigins: originsFrom(given('corsOrigins')),
    ...(email && { email }),
    ...(costs && { costs }),
    ...(environment && { environment }),
    isProtected: defaults[name].keepsData && given('protect') !== 'false',
    ...(issuer !== undefined && audience !== undefined && { externalTokens: { issuer, audience } }),
    ...(signInAt !== undefined && { signInAt }),
    ...(alarmEmail !== undefined && { alarmEmail }),
    ...(given('sandbox') === 'false' && { sandbox: false }),
    ...(rollout !== undefined && { rollout }),
  };
}

/**
 * Where a part of the deployment lives, from `-c <name>Account= -c <name>Region=`: a stage, or the pipeline.
 *
 * @throws StageError when only one of the two is given, or one cannot be
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
      `An account and its region come together: -c ${name}Account=<12 digits> -c ${name}Region=eu-west-1`,
    );
  }
  return environment.data;
}

const environmentSchema = z.object({
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
});

/** @throws StageError when one is not an origin that is named in full */
function originsFrom(list: string | undefined): readonly string[] {
  const origins = list?.split(',').map((origin) => origin.trim()) ?? [];
  const wrong = origins.find((origin) => !isOrigin(origin));
  if (wrong !== undefined) {
    throw new StageError(
      `"${wrong}" is not an origin. Name each in full: -c corsOrigins=https://console.example.net,https://portal.example.net`,
    );
  }
  return origins;
}

/** A scheme, a host and maybe a port; without TLS on the developer's own machine alone. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text) || text.includes('*')) return false;
  const { origin, protocol, hostname } = new URL(text);
  return origin === text && (protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost'));
}

/** @throws StageError when only one of the two is given, or one cannot be */
function emailFrom(from: string | undefined, identityArn: string | undefined): EmailSender | undefined {
  if (from === undefined && identityArn === undefined) return undefined;
  const sender = emailSchema.safeParse({ from, identityArn });
  if (!sender.success) {
    throw new StageError(
      'An address to send from and its verified identity in SES come together: -c emailFrom=sims@example.net ' +
        '-c emailIdentityArn=arn:aws:ses:<region>:<account>:identity/example.net',
    );
  }
  return sender.data;
}

const emailSchema = z.object({
  from: z.email(),
  identityArn: z.string().regex(/^arn:aws[a-z-]*:ses:[a-z0-9-]+:\d{12}:identity\/\S+$/),
});

/** @throws StageError when the budget is not a whole number of dollars, or both are given */
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
