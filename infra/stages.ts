import type { RetentionDays } from 'aws-cdk-lib/aws-logs';

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
  /** How often it is looked which orders are due; each is asked about less and less, so that this is how late news is at first. */
  pollEveryMinutes: number;
  rollout: Rollout;
  /** Whether a stand-in for the operators is deployed along, and called in their place. */
  sandbox: boolean;
  /** Who else signs the tokens that the API takes; the deployment's own user pool, when left out. */
  externalTokens?: Tokens;
  /** The page to which the user pool sends people who have signed in. */
  signInAt?: string;
  /** Who is told of alarms by e-mail, beside whoever else subscribes to their topic. */
  alarmEmail?: string;
};

/** Tokens that the API takes: who signs them, and for whom they have to be meant. */
export type Tokens = { issuer: string; audience: string };

/** A stage that cannot be built from what was given; the message says what to give. */
export class StageError extends Error {
  override readonly name = 'StageError';
}

const defaults: Record<StageName, Omit<Stage, 'name' | 'isProtected'>> = {
  local: {
    keepsData: false,
    logRetention: 1,
    journalDays: 1,
    pollEveryMinutes: 1,
    rollout: 'in place',
    // The local cloud runs the stand-in itself.
    sandbox: false,
    logLevel: 'INFO',
    throttle: { rateLimit: 5_000, burstLimit: 5_000 },
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
    throttle: { rateLimit: 50, burstLimit: 100 },
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
    throttle: { rateLimit: 200, burstLimit: 400 },
  },
  production: {
    keepsData: true,
    logRetention: 365,
    journalDays: 730,
    pollEveryMinutes: 15,
    rollout: 'canary',
    sandbox: false,
    logLevel: 'INFO',
    throttle: { rateLimit: 500, burstLimit: 1_000 },
  },
};

/** What can be said of a stage with `-c`, beside its name. */
export const stageOptions = ['issuer', 'audience', 'signInAt', 'sandbox', 'alarmEmail', 'rollout', 'protect'] as const;

/**
 * The stage that the context asks for (`-c stage=`), `dev` when it names none. `-c issuer= -c audience=` take the tokens of
 * another OpenID Connect issuer instead of a user pool of the deployment's own; `-c signInAt=` is that pool's page. With
 * `-c sandbox=false` a stage calls real operators where it would call the stand-in; `-c alarmEmail=` is told of alarms.
 * `-c rollout=` replaces the stage's own way to take over, as for a release that mends what an alarm tells of.
 * With `-c protect=false` a stage that keeps data can be deleted: for its first deployment, which may fail.
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
  if ((issuer === undefined) !== (audience === undefined)) {
    throw new StageError(
      `An issuer of tokens and whom they are meant for come together: -c issuer=... -c audience=...; neither, for a user ` +
        `pool of the deployment's own.`,
    );
  }
  return {
    name,
    ...defaults[name],
    isProtected: defaults[name].keepsData && given('protect') !== 'false',
    ...(issuer !== undefined && audience !== undefined && { externalTokens: { issuer, audience } }),
    ...(signInAt !== undefined && { signInAt }),
    ...(alarmEmail !== undefined && { alarmEmail }),
    ...(given('sandbox') === 'false' && { sandbox: false }),
    ...(rollout !== undefined && { rollout }),
  };
}

function isStageName(value: unknown): value is StageName {
  return stageNames.some((name) => name === value);
}

function isRollout(value: string): value is Rollout {
  return rollouts.some((rollout) => rollout === value);
}
