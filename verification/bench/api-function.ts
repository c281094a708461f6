import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LocalCloud } from '../../local/cloud.ts';
import { region } from '../../local/template/identity.ts';
import type { FunctionPart, HttpApiPart } from '../../local/template/parts.ts';

/** The only API of the template. */
export function apiOf(cloud: LocalCloud): HttpApiPart {
  const [api] = cloud.parts.httpApis;
  if (!api) {
    throw new Error('The template has no HTTP API.');
  }
  return api;
}

/** The function of a route. */
export function functionOf(cloud: LocalCloud, routeKey: string): FunctionPart {
  const arn = apiOf(cloud).routes.find(({ key }) => key === routeKey)?.functionArn;
  const part = cloud.parts.functions.find((candidate) => candidate.arn === arn);
  if (!part) {
    throw new Error(`The template has no function for ${routeKey}.`);
  }
  return part;
}

/** The environment in which a process runs a function of a cloud. */
export function environmentOf(
  { environment }: FunctionPart,
  cloud: LocalCloud,
  { dynamodb = cloud.endpoints.dynamodb }: { dynamodb?: string } = {},
): NodeJS.ProcessEnv {
  return {
    ...environment,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  };
}

/** Runs a file of the bench in a separate process, which receives the job and returns the result as messages. */
export async function inProcess<Job, Result>(file: string, job: Job, env: NodeJS.ProcessEnv): Promise<Result> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  // Read and discard the function's log, as Lambda would read it.
  child.stdout?.resume();
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  child.once('message', (result) => {
    // Safe: the file sends this type.
    resolve(result as Result);
  });
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`bench/${file} ended with ${code} before it answered.`)));
  child.send(job as object);
  return promise;
}
