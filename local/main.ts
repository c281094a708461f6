import { once } from 'node:events';
import { engineNames } from './dynamodb/engine.ts';
import { externalIssuerFrom } from './external-issuer.ts';
import { harshSettings } from './harsh/settings.ts';
import { explainSystemError, StartError } from './start-error.ts';

// npm start: runs the whole system on this machine. PORT, DAY_MS, DATA_DIR, DYNAMODB_ENGINE, CLOUD, HARSH_SEED and ISSUER configure it.

// Use Lambda's time zone.
process.env.TZ = 'UTC';

// The shell in which npm runs this. Other parent processes are not watched.
const npmShell = process.env.npm_lifecycle_event === 'start' ? process.ppid : undefined;

/** A cloud that has not stopped after this time ends all the same: its parent process may be gone. */
const STOP_WITHIN_MS = 45_000;

/** Stdout gets a single line, for which programs wait; everything else goes to stderr. */
const log = (line: string) => void process.stderr.write(`${line}\n`);

const stopSignal = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stopSignal.abort());
}
// Under `npm start`, a signal ends npm's shell and does not reach this process, but the parent process changes. The interval also keeps
// the process alive, which servers and workers do not.
const parentWatch = setInterval(() => {
  if (npmShell !== undefined && process.ppid !== npmShell) {
    stopSignal.abort();
  }
}, 100);

try {
  const { PORT, DAY_MS, DATA_DIR, DYNAMODB_ENGINE } = process.env;
  const settings = {
    port: numberIn('PORT', PORT, 3000),
    dayMs: numberIn('DAY_MS', DAY_MS, 1000),
    dataDir: DATA_DIR,
    engine: engineIn(DYNAMODB_ENGINE),
    harsh: harshSettings(process.env),
    externalIssuer: externalIssuerFrom(process.env),
  };
  // Loaded last, because it takes a second: an invalid setting is reported at once.
  const { startLocalCloud } = await import('./cloud.ts');
  const { openConsole } = await import('./console.ts');
  const localConsole = openConsole();
  const cloud = await startLocalCloud({ ...settings, console: localConsole, log, signal: stopSignal.signal });
  process.stdout.write(`ready ${cloud.url}\n`);
  log(`A day lasts ${cloud.clock.dayMs} ms. DynamoDB engine: ${cloud.engine}. API reference: ${cloud.url}/docs`);
  log(`Console: ${cloud.url}`);
  // Not awaited: the API does not wait for it, and a page asks users to wait.
  void localConsole.build(log, stopSignal.signal);
  if (!stopSignal.signal.aborted) {
    await once(stopSignal.signal, 'abort');
  }
  clearInterval(parentWatch);
  setTimeout(() => {
    log(`The local cloud does not stop, and is ended. It waits for: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit(1);
  }, STOP_WITHIN_MS);
  await cloud.stop();
  process.exit(0);
} catch (error) {
  if (stopSignal.signal.aborted) {
    process.exit(0);
  }
  log(error instanceof StartError ? error.message : `The local cloud failed to start: ${describe(error)}`);
  process.exit(1);
}

function numberIn(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined || text === '') {
    return fallback;
  }
  const value = Number(text);
  const isValid = name === 'PORT' ? Number.isInteger(value) && value >= 0 && value <= 65_535 : value > 0;
  if (!isValid) {
    throw new StartError(
      `${name} must be ${name === 'PORT' ? 'a port from 0 to 65535' : 'a number above 0'}, not "${text}".`,
    );
  }
  return value;
}

function engineIn(text: string | undefined) {
  const engine = engineNames.find((name) => name === text);
  if (text && !engine) {
    throw new StartError(`DYNAMODB_ENGINE must be ${engineNames.join(' or ')}, not "${text}".`);
  }
  return engine;
}

function describe(error: unknown): string {
  return explainSystemError(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}
