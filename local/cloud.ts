import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { memoize } from '../domain/memoize.ts';
import { type Sandbox, startSandbox } from '../sandbox/main.ts';
import { openClock, type ScaledClock } from './clock.ts';
import { type Cognito, serveCognito } from './cognito/service.ts';
import { controlRoutes } from './control-routes.ts';
import { takeDataFolder } from './data-folder.ts';
import { type EngineName, startEngine } from './dynamodb/engine.ts';
import { startStreamReaders } from './dynamodb/streams.ts';
import { createTables } from './dynamodb/tables.ts';
import { openFailures } from './failures.ts';
import { serveControlPlane } from './gateway/control-plane.ts';
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
import { startSchedules } from './schedules.ts';
import { serveSecrets } from './secrets.ts';
import { Refusal } from './start-error.ts';
import type { Execution } from './step-functions/executions.ts';
import { serveStepFunctions } from './step-functions/service.ts';
import { readStored, store } from './stored-json.ts';
import { synthesise } from './synthesis.ts';
import { readAssembly } from './template/assembly.ts';
import { region } from './template/identity.ts';
import type { Parts } from './template/parts.ts';
import { readParts } from './template/read-parts.ts';

/** What functions call. */
export type ServiceName = 'dynamodb' | 'stepFunctions' | 'secretsManager' | 'operators';

export type LocalCloudOptions = {
  /** Of the HTTP API; 0 picks a free one. */
  port: number;
  /** Real milliseconds that a day lasts. */
  dayMs: number;
  /** Where the data stays between runs; without it nothing does. */
  dataDir?: string | undefined;
  /** The DynamoDB engine; what the platform has, when left out. */
  engine?: EngineName | undefined;
  /** The address of a DynamoDB that runs already, in place of an engine of its own. */
  dynamodbEndpoint?: string | undefined;
  /** How many invocations of all functions may be at work at once; what AWS gives an account, when left out. */
  concurrency?: number | undefined;
  /** Told how the start goes on. */
  log?: Log;
  /** Stands between the functions and a service: is given its address and gives the one that functions are told. */
  between?: ((service: ServiceName, url: string) => Promise<string>) | undefined;
  /** Variables that replace those of the template in the environment of every function. */
  environment?: Readonly<Record<string, string>>;
  /** Stops the start; everything that was started is ended, and the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Harsh mode (harsh/rates.ts): the faults that its seed makes happen. */
  harsh?: HarshSettings | undefined;
  /** The folder of a cloud assembly to boot from; the project's own, synthesised anew if need be, when left out. */
  assembly?: string;
};

export type LocalCloud = {
  /** Of the HTTP API, without a slash at its end. */
  url: string;
  /** A token of the local issuer. A partner that is not there is made first, with the tariffs of the seed. */
  tokenFor(request: TokenRequest): Promise<string>;
  clock: ScaledClock;
  issuer: Issuer;
  /** The operators; undefined when no function of the template calls any. */
  sandbox: Sandbox | undefined;
  /** Addresses of the services, for clients of one's own. */
  endpoints: Readonly<Record<'dynamodb' | 'stepFunctions' | 'secretsManager' | 'apiGateway', string>> & {
    /** Undefined when the template has no user pool. */
    cognito: string | undefined;
  };
  parts: Parts;
  /** The file with what the functions log. */
  functionsLog: string;
  /** What the deployed parts have had to do so far: functions by name, and executions of state machines, newest first. */
  load(): { functions: ReadonlyMap<string, FunctionLoad>; executions: readonly Execution[] };
  /** Which function is at work on an invocation, by the invocation's id; and the end of its worker in the middle of it. */
  functions: Pick<Functions, 'atWorkOn' | 'kill'>;
  /** The faults of harsh mode that have happened so far; undefined in a gentle cloud. */
  harsh: Pick<Harsh, 'seed' | 'faults'> | undefined;
  /** The DynamoDB engine that runs. */
  engine: string;
  /** Ends everything that was started, and saves what is kept. */
  stop(): Promise<void>;
};

/** The variable by which functions know the secret that says how operators are called. */
const OPERATORS_SECRET = 'OPERATORS_SECRET';
const operatorIds = ['3uk', '3ireland', 'orange', 'a1'] as const;

/**
 * Starts a local cloud from the synthesised templates. Several may run at once, in one process or many.
 *
 * @throws Refusal with what to do about it, when something that it needs is not to be had; nothing is left running then
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = memoize(async () => {
    for (const part of started.reverse()) {
      await part.stop();
    }
  });
  const starting = <Part extends { stop(): Promise<unknown> }>(part: Part): Part => {
    started.push(part);
    return part;
  };
  try {
    return { ...(await start(options, starting)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: LocalCloudOptions,
  starting: <Part extends { stop(): Promise<unknown> }>(part: Part) => Part,
): Promise<Omit<LocalCloud, 'stop'>> {
  const { port, dayMs, signal, log = () => undefined } = options;
  if (!(Number.isFinite(dayMs) && dayMs > 0)) {
    throw new Refusal(`DAY_MS is how many milliseconds a day lasts, more than 0, not ${dayMs}.`);
  }
  await refuseTakenPort(port);
  const data = await takeDataFolder(options.dataDir);
  starting({ stop: () => data.release() });
  const folder = data.path;

  const [synthesised, started] = await Promise.allSettled([
    options.assembly ?? synthesise(log, signal),
    startEngine({ engine: options.engine, endpoint: options.dynamodbEndpoint, folder, keeps: data.keeps }).then(
      starting,
    ),
  ]);
  // Both have settled, so that a failure of one leaves nothing of the other behind.
  const [assembly, engine] = [settledValue(synthesised), settledValue(started)];
  signal?.throwIfAborted();
  const parts = readParts(await readAssembly(assembly));
  refuseMissingPermissions(parts);
  const harsh = options.harsh && starting(harshMode(options.harsh, parts.tables));
  if (harsh) {
    log(`Harsh mode; HARSH_SEED=${harsh.seed} makes the same decisions again`);
  }
  const between = async (service: ServiceName, url: string) => {
    const address = (await harsh?.between(service, url)) ?? url;
    return options.between ? options.between(service, address) : address;
  };
  const api = onlyApi(parts);

  const dynamodb = new DynamoDBClient({
    endpoint: engine.url,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createTables(dynamodb, parts.tables);
  starting({ stop: async () => dynamodb.destroy() });

  const clock = starting(await openClock({ dayMs, folder, keeps: data.keeps }));
  const failures = starting(await openFailures(folder));
  const logFile = path.join(folder, 'functions.log');
  const functionsLog = openFunctionsLog(logFile);
  starting({ stop: () => functionsLog.close() });
  const issuer = await openIssuer({ folder, ...tokensOf(parts) });

  const operators = await startOperators(parts, { clock, folder, between });
  if (operators) {
    starting(operators.sandbox);
  }
  const secrets = starting(await serveSecrets(parts.secrets, { given: operators?.secrets ?? new Map(), folder, log }));
  const stepFunctions = await serveStepFunctions(parts.stateMachines, { clock, log });
  const controlPlane = starting(await serveControlPlane(api));
  // Days pass faster than Cognito's seconds: its request rates belong to what harsh mode does.
  const cognito = await startCognito(parts, { issuer, clock, folder, log, hasQuotas: harsh !== undefined });
  if (cognito) {
    starting(cognito);
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
      AWS_ENDPOINT_URL_APIGATEWAYV2: (await harsh?.between('apiGateway', controlPlane.url)) ?? controlPlane.url,
      // The template's address is that of the pool's domain, which is nowhere.
      ...(cognito && {
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: (await harsh?.between('cognito', cognito.url)) ?? cognito.url,
        TOKEN_URL: cognito.tokenUrl,
      }),
    },
  });
  starting(functions);
  starting(stepFunctions);
  stepFunctions.connect(functions);
  cognito?.connect(functions);
  starting(startStreamReaders(parts, { endpoint: engine.url, functions, failures, folder, log, harsh }));

  // The partners are made through the API, whose address is known once it listens.
  let ensurePartner: (partnerId: string) => Promise<void> = async () => undefined;
  const tokenFor = async (request: TokenRequest) => {
    if (request.partnerId !== undefined) {
      await ensurePartner(request.partnerId);
    }
    return issuer.token(request);
  };
  const control = controlRoutes({
    clock,
    issuer,
    failures,
    tokenFor,
    sandbox: operators?.sandbox,
    executions: stepFunctions.executions,
    harsh,
  });
  const gateway = starting(
    await serveGateway(api, { port, issuer, functions, audienceOf: controlPlane.audienceOf, control, log }),
  );
  starting(startSchedules(parts.schedules, { clock, functions, harsh }));
  signal?.throwIfAborted();
  if (api.routes.some(({ key }) => key.startsWith('PUT /v1/platform/'))) {
    const partners = await openPartners({ url: gateway.url, issuer, folder });
    await partners.seed();
    ensurePartner = partners.ensure;
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
      apiGateway: controlPlane.url,
      cognito: cognito?.url,
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

function onlyApi(parts: Parts) {
  const [api, ...others] = parts.httpApis;
  if (!api || others.length > 0) {
    throw new Refusal(`The local cloud serves one HTTP API, the template has ${parts.httpApis.length}.`);
  }
  return api;
}

async function startCognito(
  { userPools: [pool, ...others] }: Parts,
  options: Parameters<typeof serveCognito>[1],
): Promise<Cognito | undefined> {
  if (others.length > 0) {
    throw new Refusal(`The local cloud has one user pool, the template ${others.length + 1}.`);
  }
  return pool && serveCognito(pool, options);
}

/** The issuer and audience that the template's authoriser asks for; the local issuer signs for them. */
function tokensOf(parts: Parts): { issuer: string; audience: string } {
  const authorizers = parts.httpApis.flatMap(({ routes }) => routes.flatMap(({ authorizer }) => authorizer ?? []));
  const [first] = authorizers;
  const different = authorizers.find(({ issuer }) => issuer !== first?.issuer);
  if (different) {
    throw new Refusal(
      `The local issuer signs for one issuer, the template has ${first?.issuer} and ${different.issuer}.`,
    );
  }
  return { issuer: first?.issuer ?? 'http://local.invalid', audience: first?.audience[0] ?? 'local' };
}

/** The sandbox, when the template has functions that call operators, and the secret that tells them where it is. */
async function startOperators(
  parts: Parts,
  options: { clock: ScaledClock; folder: string; between: NonNullable<LocalCloudOptions['between']> },
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
    // Retry-After is in real seconds, one of which may be a whole day here.
    retryAfterSeconds: 0,
  });
  const url = await between('operators', sandbox.url);
  const configuration = JSON.stringify(
    Object.fromEntries(operatorIds.map((id) => [id, { baseUrl: `${url}/operators/${id}`, apiKey }])),
  );
  return { sandbox, secrets: new Map(secrets.map(({ arn }) => [arn, configuration])) };
}
