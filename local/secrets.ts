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
 * @param given values that the local cloud knows better than the template, by the secret's ARN
 * @param folder where generated values are kept
 */
export async function serveSecrets(
  parts: readonly SecretPart[],
  options: { given: ReadonlyMap<string, string>; folder: string; log: Log },
): Promise<AwsJsonServer> {
  const file = path.join(options.folder, 'secrets.json');
  const generated = (await readStored(file, z.record(z.string(), z.string()))) ?? {};
  const before = Object.keys(generated).length;
  const values = new Map<string, string>();
  for (const part of parts) {
    const value = options.given.get(part.arn) ?? part.value ?? generated[part.arn] ?? generate(part);
    if (part.generate && !options.given.has(part.arn) && part.value === undefined) {
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

function generate({ generate: wanted }: SecretPart): string {
  const password = randomBytes(wanted?.length ?? 32)
    .toString('base64url')
    .slice(0, wanted?.length ?? 32);
  if (wanted?.key === undefined) {
    return password;
  }
  return JSON.stringify({ ...JSON.parse(wanted.template ?? '{}'), [wanted.key]: password });
}
