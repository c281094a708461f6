import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { generate } from 'selfsigned';
import { type LocalCloud, startLocalCloud } from '../../../local/cloud.ts';
import { openConsole } from '../../../local/console.ts';
import { INDEX_LAG_MS } from '../../../local/harsh/rates.ts';
import { harshSettings } from '../../../local/harsh/settings.ts';
import { listenLocally } from '../../../local/listen.ts';

/** A connection for each request: the cloud may close an idle connection just when another request uses it. */
const withoutReuse = new Agent({ keepAlive: false });

// npm run acceptance:local: the acceptance tests as the pipeline runs them against staging. They reach the API, the user pool and
// the stand-in operators over TLS alone; functions follow the rules of staging; there are no local routes; and a day lasts so long
// that no test can wait for one to pass.

const STAGE = 'staging';
/** A minute lasts a second: the schedules run as often as the tests need, and a day takes 24 minutes. */
const DAY_MS = 24 * 60_000;

const started: { stop(): Promise<unknown> }[] = [];
const folder = await mkdtemp(path.join(tmpdir(), 'acceptance-'));
const log = (line: string) => void process.stderr.write(`${line}\n`);
const localConsole = openConsole();
try {
  await localConsole.build(log, new AbortController().signal);
  const cloud = await startLocalCloud({
    port: 0,
    dayMs: DAY_MS,
    environment: { STAGE },
    harsh: harshSettings(process.env),
    console: localConsole,
    log,
  });
  started.push(cloud);
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const certificate = path.join(folder, 'certificate.pem');
  await writeFile(certificate, cert);
  const overTls = async (url: string | undefined): Promise<string> => {
    if (url === undefined) {
      throw new Error('The local cloud lacks a part that a deployment has.');
    }
    const server = await tlsInFrontOf(url, { cert, key });
    started.push(server);
    return server.url;
  };
  const [pool] = cloud.parts.userPools;
  const url = await overTls(cloud.url);
  process.exitCode = await runAcceptance({
    BASE_URL: url,
    CONSOLE_URL: url,
    USER_POOL_ID: pool?.id,
    CLIENT_ID: pool?.clients[0]?.id,
    SANDBOX_URL: await overTls(cloud.sandbox?.url),
    SANDBOX_KEY: await sandboxKeyOf(cloud),
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: await overTls(cloud.endpoints.cognito),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    NODE_EXTRA_CA_CERTS: certificate,
    // The indexes of a local cloud lag in harsh mode only.
    INDEX_LAG_MS: cloud.harsh ? `${INDEX_LAG_MS}` : '0',
  });
} finally {
  for (const part of started.reverse()) {
    await part.stop();
  }
  await rm(folder, { recursive: true, force: true });
}
process.exit();

/** Forwards requests over TLS; the local cloud's own routes (`/_local/`) are not there, as they are not in a deployment. */
async function tlsInFrontOf(target: string, certificate: { cert: string; key: string }) {
  const server = createServer(certificate, (incoming, outgoing) => {
    if (incoming.url?.startsWith('/_local/')) {
      outgoing.writeHead(404).end();
      return;
    }
    const headers = { ...incoming.headers, 'x-forwarded-proto': 'https' };
    const forwarded = request(target + incoming.url, { method: incoming.method, headers, agent: withoutReuse });
    forwarded.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, outgoing).catch(() => outgoing.destroy());
    });
    forwarded.on('error', () => outgoing.destroy());
    pipeline(incoming, forwarded).catch(() => forwarded.destroy());
  });
  const { url, stop } = await listenLocally(server);
  return { url: url.replace('http:', 'https:'), stop };
}

async function sandboxKeyOf({ endpoints, parts }: LocalCloud): Promise<string> {
  const secrets = new SecretsManagerClient({
    endpoint: endpoints.secretsManager,
    region: 'eu-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: parts.secrets[0]?.arn }));
  secrets.destroy();
  // Safe: the local cloud has made this secret, and functions read it so.
  const [operator] = Object.values(JSON.parse(SecretString) as Record<string, { apiKey: string }>);
  return operator?.apiKey ?? '';
}

async function runAcceptance(environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  const tests = spawn('npm', ['run', '--silent', 'acceptance', '--', ...process.argv.slice(2)], {
    env: { ...process.env, ...environment },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const [code] = await once(tests, 'close');
  return typeof code === 'number' ? code : 1;
}
