import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { CONFIGURATION_FILE, type ConsoleConfiguration } from '../console/configuration.ts';
import { cacheControlOf } from '../console/response-headers.ts';
import { StageError } from './stage-error.ts';

/** The folder into which `npm run build` builds the console. */
export const consoleFolder = fileURLToPath(new URL('../console/dist', import.meta.url));

/** The folder within the console whose file names have a hash of their content. */
const ASSETS = 'assets';

export type ConsoleFilesProps = {
  bucket: IBucket;
  /** The folder of the built console. */
  folder: string;
  configuration: ConsoleConfiguration;
  logRetention: RetentionDays;
};

/**
 * Uploads the built console with each deployment. First the files whose names contain a hash of their content, then the pages that name
 * them. Files of earlier releases stay, as pages that are open still load them.
 */
export class ConsoleFiles extends Construct {
  constructor(scope: Construct, id: string, { bucket, folder, configuration, logRetention }: ConsoleFilesProps) {
    super(scope, id);
    const shared = {
      destinationBucket: bucket,
      memoryLimit: 512,
      logGroup: new LogGroup(this, 'Log', { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY }),
    };
    const built = Source.asset(folder, { exclude: ['.*'] });
    const assets = new BucketDeployment(this, 'Assets', {
      ...shared,
      sources: [built],
      exclude: ['*'],
      include: [`${ASSETS}/*`],
      prune: false,
      cacheControl: [CacheControl.fromString(cacheControlOf(`/${ASSETS}/`))],
    });
    const pages = new BucketDeployment(this, 'Pages', {
      ...shared,
      sources: [built, Source.jsonData(CONFIGURATION_FILE, configuration)],
      exclude: [`${ASSETS}/*`],
      cacheControl: [CacheControl.fromString(cacheControlOf('/'))],
    });
    pages.node.addDependency(assets);
  }
}

/**
 * The names of the files in the root of the console, with its configuration.
 *
 * @throws StageError when the console is not built
 */
export function rootFilesOf(folder: string): string[] {
  if (!existsSync(path.join(folder, 'index.html'))) {
    throw new StageError(
      'The console is not built: console/dist/index.html is missing. Run npm run build, then try again.',
    );
  }
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
  return [...names, CONFIGURATION_FILE].sort();
}
