import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { type AwsJsonServer, ServiceError, serveAwsJson } from './aws-json-server.ts';
import type { Log } from './log.ts';
import { readStored, store } from './stored-json.ts';
import type { SecretPart } from './template/parts.ts';

/**
 * Serves Secrets Manager's GetSecretValue for the secrets of the template.
 *
 * @param overrides values that override those of the template, by the secret's ARN
 * @param folder the folder that stores generated values
 */
export async function serveSecrets(
  parts: readonly SecretPart[],
  options: { overrides: ReadonlyMap<string, string>; folder: string; log: Log },
): Promise<AwsJsonServer> {
  const file = path.join(options.folder, 'secrets.json');
  const generated = (await readStored(file, z.record(z.string(), z.string()))) ?? {};
  const before = Object.keys(generated).length;
  const values = new Map<string, string>();
  for (const part of parts) {
    const value = options.overrides.get(part.arn) ?? part.value ?? generated[part.arn] ?? generate(part);
    if (part.generate && !options.overrides.has(part.arn) && part.value === undefined) {
      generated[part.arn] = value;
    }
    values.set(part.arn, value);
  }
  if (Object.keys(generated).length > before) {
    await store(file, generated);
  }

  return serveAwsJson({
    prefix: 'secretsmanager',
    log: options.log,
    operations: {
      GetSecretValue({ SecretId }) {
        const part = parts.find(({ arn, name }) => SecretId === arn || SecretId === name);
        const value = part && values.get(part.arn);
        if (!part || value === undefined) {
          throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
        }
        return {
          ARN: part.arn,
          Name: part.name,
          SecretString: value,
          VersionId: randomUUID(),
          VersionStages: ['AWSCURRENT'],
          CreatedDate: Math.floor(Date.now() / 1000),
        };
      },
    },
  });
}

function generate({ generate: settings }: SecretPart): string {
  const password = randomBytes(settings?.length ?? 32)
    .toString('base64url')
    .slice(0, settings?.length ?? 32);
  if (settings?.key === undefined) {
    return password;
  }
  return JSON.stringify({ ...JSON.parse(settings.template ?? '{}'), [settings.key]: password });
}
