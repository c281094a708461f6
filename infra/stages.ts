import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Where the system can run. `local` is the local cloud on a developer's machine; it boots from the same template. */
export const stageNames = ['local', 'dev', 'staging', 'production'] as const;
export type StageName = (typeof stageNames)[number];

/** What differs between stages; everything else is the same everywhere. */
export type Stage = {
  name: StageName;
  /** Whether the data outlives its stack: deletion protection, termination protection, and resources kept on delete. */
  keepsData: boolean;
  logRetention: RetentionDays;
  /** For how many days it is kept who did what. */
  journalDays: number;
  logLevel: 'DEBUG' | 'INFO' | 'WARN';
  /** Requests per second, over all routes, and how far above that a burst may go. */
  throttle: { rateLimit: number; burstLimit: number };
  /** Who signs the tokens that the API takes, and for whom they have to be meant. */
  issuer: string;
  audience: string;
  /** Who is told of alarms by e-mail, beside whoever else subscribes to their topic. */
  alarmEmail?: string;
};

/** A stage that cannot be built from what was given; the message says what to give. */
export class StageError extends Error {
  override readonly name = 'StageError';
}

type StageDefaults = Omit<Stage, 'name' | 'issuer' | 'audience' | 'alarmEmail'> & {
  /** Absent where tokens have to come from a real issuer, which is never guessed. */
  tokens?: Pick<Stage, 'issuer' | 'audience'>;
};

const defaults: Record<StageName, StageDefaults> = {
  local: {
    keepsData: false,
    logRetention: RetentionDays.ONE_DAY,
    journalDays: 1,
    logLevel: 'INFO',
    throttle: { rateLimit: 5_000, burstLimit: 5_000 },
    tokens: { issuer: 'http://local.sim-fulfilment.test', audience: 'sim-fulfilment' },
  },
  dev: {
    keepsData: false,
    logRetention: RetentionDays.ONE_WEEK,
    journalDays: 30,
    logLevel: 'DEBUG',
    throttle: { rateLimit: 50, burstLimit: 100 },
    // Enough to synthesise and to read the template. A deployment needs an issuer that answers OpenID Connect discovery.
    tokens: { issuer: 'https://issuer.invalid', audience: 'sim-fulfilment' },
  },
  staging: {
    keepsData: false,
    logRetention: RetentionDays.ONE_MONTH,
    journalDays: 90,
    logLevel: 'INFO',
    throttle: { rateLimit: 200, burstLimit: 400 },
  },
  production: {
    keepsData: true,
    logRetention: RetentionDays.ONE_YEAR,
    journalDays: 730,
    logLevel: 'INFO',
    throttle: { rateLimit: 500, burstLimit: 1_000 },
  },
};

/**
 * The stage that the context asks for (`-c stage= -c issuer= -c audience= -c alarmEmail=`), `dev` when it names none.
 *
 * @throws StageError when there is no such stage, or a real one lacks its issuer or audience.
 */
export function stageFrom(context: (key: string) => unknown): Stage {
  const name = context('stage') ?? 'dev';
  if (!isStageName(name)) {
    throw new StageError(`There is no stage "${String(name)}". Give one of: -c stage=${stageNames.join('|')}`);
  }
  const { tokens, ...rest } = defaults[name];
  const alarmEmail = context('alarmEmail');
  return {
    name,
    ...rest,
    issuer: required('issuer', 'the URL of who signs the tokens', tokens?.issuer),
    audience: required('audience', 'whom the tokens are meant for', tokens?.audience),
    ...(typeof alarmEmail === 'string' && alarmEmail !== '' && { alarmEmail }),
  };

  function required(key: 'issuer' | 'audience', meaning: string, fallback: string | undefined): string {
    const given = context(key);
    const value = typeof given === 'string' && given !== '' ? given : fallback;
    if (value === undefined) {
      throw new StageError(`Stage "${name}" needs its ${key}, ${meaning}: -c ${key}=...`);
    }
    return value;
  }
}

function isStageName(value: unknown): value is StageName {
  return stageNames.some((name) => name === value);
}
