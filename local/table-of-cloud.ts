import type { LocalCloud } from './cloud.ts';
import { region } from './template/identity.ts';

/** Points the adapters of this process to the table of a local cloud. */
export function useTableOf({ endpoints, parts }: Pick<LocalCloud, 'endpoints' | 'parts'>): void {
  Object.assign(process.env, {
    TABLE_NAME: parts.tables[0]?.name,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  });
}
