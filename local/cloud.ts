import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { ANY_OPERATOR } from '../adapters/operators/configuration.ts';
import { memoize } from '../domain/memoize.ts';
import { sandboxConnection } from '../sandbox/connection.ts';
import { type Sandbox, startSandbox } from '../sandbox/main.ts';
import { openClock, type ScaledClock } from './clock.ts';
import { type Cognito, serveCognito } from './cognito/service.ts';
import { consolePages, type LocalConsole, signInAtIssuer, signInAtPool } from './console.ts';
import { controlRoutes } from './control-routes.ts';
import { acquireDataFolder } from './data-folder.ts';
import { type EngineName, startEngine } from './dynamodb/engine.ts';
import { startStreamReaders } from './dynamodb/streams.ts';
import { createTables } from './dynamodb/tables.ts';
import type { ExternalIssuer } from './external-issuer.ts';
import { openFailures } from './failures.ts';
import { refuseTakenPort, serveGateway } from './gateway/server.ts';
import { type Harsh, harshMode } from './harsh/harsh-mode.ts';
import type { HarshSettings } from './harsh/settings.ts';
import { refuseMissingPermissions } from './iam/deployment-permissions.ts';
import { directoryOf } from './iam/directory.ts';
import { type Issuer, openIssuer, type TokenRequest } from './issuer.ts';
import type { FunctionLoad } from './lambda/function-pool.ts';
import { type Functions, startFunctions } from './lambda/functions.ts';
import { type Log, openFunctionsLog } from './log.ts';
import { openPartners } from './partners.ts';
import { type Schedules, startSchedules } from './schedules.ts';
import { serveSecrets } from './secrets.ts';
import { userSeeding } from './seed-users.ts';
import { StartError } from './start-error.ts';
import type { Execution } from './step-functions/executions.ts';
import { serveStepFunctions } from './step-functions/service.ts';
import { readStored, store } from './stored-json.ts';
import { synthesise } from './synthesis.ts';
import { readAssembly } from './template/assembly.ts';
import { region } from './template/identity.ts';
import type { Parts } from './template/parts.ts';
import { readParts } from './template/read-parts.ts';

/** A service that functions call. */
export type ServiceName = 'dynamodb' | 'stepFunctions' | 'secretsManager' | 'operators';

export type LocalCloudOptions = {
  /** The port of the HTTP API; 0 picks a free one. */
  port: number;
  /** The length of a day in real milliseconds. */
  dayMs: number;
  /** The folder that keeps the data between runs. Omit it for a temporary folder. */
  dataDir?: string | undefined;
  /** The DynamoDB engine. Default: the one that is available on this platform. */
  engine?: EngineName | undefined;
  /** The URL of a running DynamoDB, to use instead of starting an engine. */
  dynamodbEndpoint?: string | undefined;
  /** The maximum of concurrent invocations of all functions. Default: the limit of an AWS account. */
  concurrency?: number | undefined;
  /** Receives progress messages of the start. */
  log?: Log;
  /** Inserts a proxy between the functions and a service: takes the service's URL and returns the URL for functions. */
  proxy?: ((service: ServiceName, url: string) => Promise<string>) | undefined;
  /** Environment variables of every function; they override those of the template. */
  environment?: Readonly<Record<string, string>>;
  /** Aborts the start: stops everything that has started; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Turns on harsh mode (harsh/rates.ts); its seed determines the faults. */
  harsh?: HarshSettings | undefined;
  /** The console to serve at `/`. Omit it to serve the API alone. */
  console?: LocalConsole | undefined;
  /** The issuer whose tokens the API accepts, in place of the local user pool. */
  externalIssuer?: ExternalIssuer | undefined;
  /** The folder of a cloud assembly to boot from. Default: the project's own, synthesised again when its sources have changed. */
  assembly?: string;
};

export type LocalCloud = {
  /** The URL of the HTTP API, without a trailing slash. */
  url: string;
  /** Returns a token of the local issuer. Creates the partner first if needed, with the tariffs of the seed. */
  tokenFor(request: TokenRequest): Promise<string>;
  clock: ScaledClock;
  issuer: Issuer;
  /** The operators; undefined when no function of the template calls them. */
  sandbox: Sandbox | undefined;
  /** The URLs of the services, for other clients. */
  endpoints: Readonly<Record<'dynamodb' | 'stepFunctions' | 'secretsManager', string>> & {
    /** Undefined when the template has no user pool. */
    cognito: string | undefined;
    /** The domain of the user pool, with the sign-in page. Undefined when the template has no user pool. */
    signIn: string | undefined;
  };
  parts: Parts;
  /** The path of the functions' log. */
  functionsLog: string;
  /** The work so far: load of functions by name, and executions of state machines, newest first. */
  load(): { functions: ReadonlyMap<string, FunctionLoad>; executions: readonly Execution[] };
  /** Finds the function that handles an invocation, by the invocation's id; kills the worker that handles it. */
  functions: Pick<Functions, 'functionHandling' | 'kill'>;
  /** The faults of harsh mode so far; undefined when it is off. */
  harsh: Pick<Harsh, 'seed' | 'faults'> | undefined;
  /** The name of the running DynamoDB engine. */
  engine: string;
  /** Stops everything and saves the persistent state. */
  stop(): Promise<void>;
};

/** The environment variable that names the secret with the operators' URLs and keys. */
const OPERATORS_SECRET = 'OPERATORS_SECRET';

/**
 * Starts a local cloud from the synthesised templates. Several can run concurrently, in one or more processes.
 *
 * @throws StartError with a remedy when a requirement is not met; everything that has started is then stopped
 * @example
 * const cloud = await startLocalCloud({ port: 0, dayMs: 1000 });
 * const token = await cloud.tokenFor({ partnerId: 'demo', roles: ['admin'] });
 * await fetch(`${cloud.url}/v1/orders`, { headers: { authorization: `Bearer ${token}` } });
 * await cloud.stop();
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = memoize(async () => {
    for (const part of started.reverse()) {
      await part.stop();
    }
  });
  const track = <Part extends { stop(): Promise<unknown> }>(part: Part): Part => {
    started.push(part);
    return part;
  };
  try {
    return { ...(await start(options, track)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: starts the parts of the cloud, each with what it needs of those before.
async function start(
  options: LocalCloudOptions,
  track: <Part extends { stop(): Promise<unknown> }>(part: Part) => Part,
): Promise<Omit<LocalCloud, 'stop'>> {
  const { port, dayMs, signal, log = () => undefined, externalIssuer: external } = options;
  if (!(Number.isFinite(dayMs) && dayMs > 0)) {
    throw new StartError(`DAY_MS is the length of a day in milliseconds and must be above 0, not ${dayMs}.`);
  }
  await refuseTakenPort(port);
  const data = await acquireDataFolder(options.dataDir);
  track({ stop: () => data.release() });
  const folder = data.path;

  const [synthesised, started] = await Promise.allSettled([
    options.assembly ?? synthesise(log, signal, external && { issuer: external.issuer, audience: external.audience }),
    startEngine({
      engine: options.engine,
      endpoint: options.dynamodbEndpoint,
      folder,
      isPersistent: data.isPersistent,
    }).then(track),
  ]);
  // Wait for both, so that a failure of one does not leave the other running.
  const [assembly, engine] = [settledValue(synthesised), settledValue(started)];
  signal?.throwIfAborted();
  const parts = readParts(await readAssembly(assembly));
  refuseMissingPermissions(parts);
  const harsh = options.harsh && track(harshMode(options.harsh, parts.tables));
  if (harsh) {
    log(`Harsh mode. HARSH_SEED=${harsh.seed} replays its decisions.`);
  }
  const between = async (service: ServiceName, url: string) => {
    const address = (await harsh?.proxy(service, url)) ?? url;
    return options.proxy ? options.proxy(service, address) : address;
  };
  const api = singleApi(parts);

  const dynamodb = new DynamoDBClient({
    endpoint: engine.url,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createTables(dynamodb, parts.tables);
  track({ stop: async () => dynamodb.destroy() });

  const clock = track(await openClock({ dayMs, folder, isPersistent: data.isPersistent }));
  const failures = track(await openFailures(folder));
  const logFile = path.join(folder, 'functions.log');
  const functionsLog = openFunctionsLog(logFile);
  track({ stop: () => functionsLog.close() });
  const issuer = await openIssuer({ folder, ...tokenSettings(parts), isExternal: external !== undefined });

  const operators = await startOperators(parts, { clock, folder, between });
  if (operators) {
    track(operators.sandbox);
  }
  const secrets = track(await serveSecrets(parts.secrets, { overrides: operators?.secrets ?? new Map(), folder, log }));
  const stepFunctions = await serveStepFunctions(parts.stateMachines, { clock, log });
  // Cognito's quotas count real seconds, and days pass faster than that: only harsh mode enforces them.
  const cognito = await startCognito(parts, { issuer, clock, folder, log, hasQuotas: harsh !== undefined });
  if (cognito) {
    track(cognito);
  }
  const functions = startFunctions(parts.functions, {
    clock,
    failures,
    log: functionsLog,
    harsh,
    concurrency: options.concurrency,
    directory: directoryOf(parts),
    endpoints: {
      ...options.environment,
      AWS_ENDPOINT_URL_DYNAMODB: await between('dynamodb', engine.url),
      AWS_ENDPOINT_URL_SFN: await between('stepFunctions', stepFunctions.url),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: await between('secretsManager', secrets.url),
      // The template's URLs are those of the pool's domain, which does not exist locally.
      ...(cognito && {
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: (await harsh?.proxy('cognito', cognito.url)) ?? cognito.url,
        TOKEN_URL: cognito.tokenUrl,
        SIGN_IN_URL: cognito.domainUrl,
      }),
    },
  });
  track(functions);
  track(stepFunctions);
  stepFunctions.connect(functions);
  cognito?.connect(functions);
  track(startStreamReaders(parts, { endpoint: engine.url, functions, failures, folder, log, harsh }));

  // Partners are created through the API, whose URL is known once it listens.
  let ensurePartner: (partnerId: string) => Promise<void> = async () => undefined;
  const tokenFor = async (request: TokenRequest) => {
    if (request.partnerId !== undefined) {
      await ensurePartner(request.partnerId);
    }
    return issuer.token(request);
  };
  let schedules: Schedules | undefined;
  const control = controlRoutes({
    clock,
    runDaily: () => schedules?.runDaily(),
    issuer,
    emails: () => cognito?.sentEmails() ?? [],
    failures,
    tokenFor,
    sandbox: operators?.sandbox,
    executions: stepFunctions.executions,
    harsh,
  });
  const signIn = external
    ? signInAtIssuer(external)
    : signInAtPool(parts, { issuer: issuer.issuer, domainUrl: cognito?.domainUrl });
  const pages = options.console && signIn && consolePages(options.console, api, signIn);
  const gateway = track(await serveGateway(api, { port, issuer, functions, control, pages, clock, log }));
  if (pages) {
    // Invitations link to the console.
    functions.setVariable('CONSOLE_URL', gateway.url);
  }
  schedules = track(startSchedules(parts.schedules, { clock, functions, harsh }));
  signal?.throwIfAborted();
  if (api.routes.some(({ key }) => key.startsWith('PUT /v1/platform/'))) {
    const partners = await openPartners({ url: gateway.url, issuer, folder });
    await partners.seed();
    ensurePartner = partners.ensure;
    cognito?.seedWith(userSeeding({ url: gateway.url, issuer, emails: cognito.emails }));
  }
  harsh?.begin();
  return {
    url: gateway.url,
    tokenFor,
    clock,
    issuer,
    sandbox: operators?.sandbox,
    endpoints: {
      dynamodb: engine.url,
      stepFunctions: stepFunctions.url,
      secretsManager: secrets.url,
      cognito: cognito?.url,
      signIn: cognito?.domainUrl,
    },
    parts,
    functionsLog: logFile,
    load: () => ({ functions: functions.load(), executions: stepFunctions.executions() }),
    functions,
    harsh,
    engine: engine.name,
  };
}

function settledValue<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') {
    throw result.reason;
  }
  return result.value;
}

function singleApi(parts: Parts) {
  const [api, ...others] = parts.httpApis;
  if (!api || others.length > 0) {
    throw new StartError(`The local cloud supports one HTTP API; the template has ${parts.httpApis.length}.`);
  }
  return api;
}

async function startCognito(
  { userPools: [pool, ...others] }: Parts,
  options: Parameters<typeof serveCognito>[1],
): Promise<Cognito | undefined> {
  if (others.length > 0) {
    throw new StartError(`The local cloud supports one user pool; the template has ${others.length + 1}.`);
  }
  return pool && serveCognito(pool, options);
}

/** The issuer and audience that the template's authoriser expects; the local issuer signs for them. */
function tokenSettings(parts: Parts): { issuer: string; audience: string } {
  const authorizers = parts.httpApis.flatMap(({ routes }) => routes.flatMap(({ authorizer }) => authorizer ?? []));
  const [first] = authorizers;
  const different = authorizers.find(({ issuer }) => issuer !== first?.issuer);
  if (different) {
    throw new StartError(
      `The local cloud supports one issuer; the template has ${first?.issuer} and ${different.issuer}.`,
    );
  }
  return { issuer: first?.issuer ?? 'http://local.invalid', audience: first?.audience[0] ?? 'local' };
}

/** Starts the sandbox when functions of the template call operators, and sets the secret with its URL. */
async function startOperators(
  parts: Parts,
  options: { clock: ScaledClock; folder: string; between: NonNullable<LocalCloudOptions['proxy']> },
): Promise<{ sandbox: Sandbox; secrets: Map<string, string> } | undefined> {
  const names = new Set(parts.functions.flatMap(({ environment }) => environment[OPERATORS_SECRET] ?? []));
  const secrets = parts.secrets.filter(({ arn, name }) => names.has(arn) || names.has(name));
  if (secrets.length === 0) {
    return undefined;
  }
  const { clock, folder, between } = options;
  const keyFile = path.join(folder, 'operators-key.json');
  const { apiKey } = (await readStored(keyFile, z.object({ apiKey: z.string() }))) ?? {
    apiKey: randomBytes(24).toString('base64url'),
  };
  await store(keyFile, { apiKey });
  const sandbox = await startSandbox({
    now: clock.now,
    apiKey,
    storeFile: path.join(folder, 'sandbox.json'),
    // Retry-After is in real seconds; a day may last one second here.
    retryAfterSeconds: 0,
  });
  const url = await between('operators', sandbox.url);
  const configuration = JSON.stringify({ [ANY_OPERATOR]: sandboxConnection(`${url}/`, apiKey) });
  return { sandbox, secrets: new Map(secrets.map(({ arn }) => [arn, configuration])) };
}
