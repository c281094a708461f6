import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { signInEndpoints } from '../adapters/cognito/sign-in-page.ts';
import { CONFIGURATION_FILE, type ConsoleConfiguration, DEFAULT_SCOPE } from '../console/configuration.ts';
import { cacheControlOf, contentTypes, securityHeaders } from '../console/response-headers.ts';
import type { ExternalIssuer } from './external-issuer.ts';
import type { GatewayResponse } from './gateway/answer.ts';
import type { Pages } from './gateway/server.ts';
import { lockFile } from './lock-file.ts';
import type { Log } from './log.ts';
import { StartError } from './start-error.ts';
import type { HttpApiPart, UserPoolPart } from './template/parts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const BUILD_LOCK = path.join(root, 'cdk.out.local/console.lock');

/** The console that a local cloud serves. */
export type LocalConsole = {
  /** The folder with its built files. */
  folder: string;
  /** Whether the folder contains the console of the current sources. Until then a page asks the user to wait. */
  isReady(): boolean;
  /** Builds the console unless it is current. A failure is logged; the API does not need the console. */
  build(log: Log, signal: AbortSignal): Promise<void>;
};

export function openConsole(): LocalConsole {
  let ready = false;
  return {
    folder: path.join(root, 'console/dist'),
    isReady: () => ready,
    async build(log, signal) {
      try {
        // Clouds that start at the same time must not replace each other's build.
        await mkdir(path.dirname(BUILD_LOCK), { recursive: true });
        const unlock = await lockFile(BUILD_LOCK, () => false, signal);
        await runBuild(signal).finally(unlock);
        ready = true;
      } catch (error) {
        if (!signal.aborted) {
          log(`The console could not be built; the API works without it.\n${String(error)}`);
        }
      }
    },
  };
}

/** Builds the console unless it is current. @throws StartError with the output of a build that fails */
async function runBuild(signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, ['console/build/main.ts', '--if-changed'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill();
  signal.addEventListener('abort', kill);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  const [code] = await once(child, 'close');
  signal.removeEventListener('abort', kill);
  if (code !== 0) {
    throw new StartError(output.trim());
  }
}

/** How users sign in to the console. */
export type ConsoleSignIn = {
  configuration: ConsoleConfiguration;
  /** The origin that the page calls for this. */
  signInOrigin: string;
};

/**
 * Sign-in at the local pool: the client for which it signs users in, and its endpoints. Undefined when there is no pool.
 *
 * @throws StartError when users cannot sign in with a client of the pool
 */
export function signInAtPool(
  { userPools: [pool] }: { userPools: readonly UserPoolPart[] },
  { issuer, domainUrl }: { issuer: string; domainUrl: string | undefined },
): ConsoleSignIn | undefined {
  if (!pool || domainUrl === undefined) {
    return undefined;
  }
  const client = pool.clients.find(({ flows }) => flows.includes('code'));
  if (!client) {
    throw new StartError('The user pool has no client with which users sign in to the console.');
  }
  return {
    configuration: { issuer, clientId: client.id, scope: DEFAULT_SCOPE, endpoints: signInEndpoints(domainUrl) },
    signInOrigin: domainUrl,
  };
}

/** Sign-in at another issuer, whose discovery document names its endpoints. */
export function signInAtIssuer({ issuer, clientId, scope }: ExternalIssuer): ConsoleSignIn {
  return { configuration: { issuer, clientId, scope }, signInOrigin: new URL(issuer).origin };
}

/**
 * Serves the console on the origin of the API, with the headers of the deployment. A browser that navigates to a path that is neither a
 * file nor the API's opens the console, which has its own paths. All other requests go to the API.
 */
export function consolePages(
  { folder, isReady }: Pick<LocalConsole, 'folder' | 'isReady'>,
  api: Pick<HttpApiPart, 'routes'>,
  { configuration, signInOrigin }: ConsoleSignIn,
): Pages {
  const ofApi = new Set([...api.routes.map(({ key }) => firstSegment(key.split(' ')[1] ?? '')), '_local']);
  ofApi.delete('');
  const headers = securityHeaders([signInOrigin]);
  const answer = (file: string, body: Buffer | string): GatewayResponse => ({
    status: 200,
    headers: {
      ...headers,
      'content-type': contentTypes[path.extname(file).slice(1)] ?? 'application/octet-stream',
      'cache-control': cacheControlOf(file),
    },
    body,
  });

  return async ({ method, path: requested, accept = '' }) => {
    if (method !== 'GET' || ofApi.has(firstSegment(requested))) {
      return undefined;
    }
    if (requested === `/${CONFIGURATION_FILE}`) {
      return answer(requested, JSON.stringify(configuration));
    }
    const isNavigation = accept.includes('text/html');
    if (!isReady()) {
      return isNavigation ? answer('/waiting.html', WAITING) : undefined;
    }
    const file = isFile(requested) ? await readFile(path.join(folder, requested)).catch(() => undefined) : undefined;
    if (file) {
      return answer(requested, file);
    }
    return isNavigation ? answer('/index.html', await readFile(path.join(folder, 'index.html'))) : undefined;
  };
}

/** Files have plain names, at the top or in `assets/`: no other path reaches the disk. */
function isFile(requested: string): boolean {
  return /^\/(assets\/)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.[a-z0-9]+$/.test(requested);
}

function firstSegment(requested: string): string {
  return requested.split('/')[1] ?? '';
}

const WAITING = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>SIM fulfilment</title></head>
<body><p>The console is being built. This page opens it in a few seconds.</p></body></html>
`;
