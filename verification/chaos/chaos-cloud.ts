import { type LocalCloud, type ServiceName, startLocalCloud } from '../../local/cloud.ts';
import { harshSettings } from '../../local/harsh/settings.ts';
import { region } from '../../local/template/identity.ts';
import { type Between, standBetween } from './between.ts';
import { Owners } from './calls.ts';
import { createChaosOperators } from './operators.ts';
import { Watch } from './watch.ts';

/** With this day length, waiting hours pass in less than a second, and faults of a few real seconds last less than a day. */
const DAY_MS = 20_000;

export type ChaosCloud = { cloud: LocalCloud; watch: Watch; stop(): Promise<void> };

/** Starts a local cloud that watches all calls of its functions. Its operators are in `operators.ts`. */
export async function startChaosCloud(): Promise<ChaosCloud> {
  const owners = new Owners();
  const stages: Between[] = [];
  let cloud: LocalCloud | undefined;
  const watch = new Watch((invocation) => cloud?.functions.functionHandling(invocation));
  cloud = await startLocalCloud({
    port: 0,
    dayMs: DAY_MS,
    harsh: harshSettings(process.env),
    log: (line) => void process.stderr.write(`${line}\n`),
    async proxy(service: ServiceName, url: string) {
      const kill = (invocation: string) => void cloud?.functions.kill(invocation);
      const stage = await standBetween(service, url, { owners, judge: watch.judge, kill });
      stages.push(stage);
      return stage.url;
    },
  });
  const started = cloud;
  await createChaosOperators(started);
  actAsAFunction(started);
  return {
    cloud: started,
    watch,
    async stop() {
      await started.stop();
      for (const stage of stages) {
        stage.stop();
      }
    },
  };
}

/** Lets this process read the table as functions do, without faults. */
function actAsAFunction({ parts, endpoints }: LocalCloud): void {
  Object.assign(process.env, {
    TABLE_NAME: parts.tables[0]?.name,
    OPERATORS_SECRET: parts.secrets[0]?.arn,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
}
