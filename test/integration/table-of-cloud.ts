import type { RunningCloud } from './local-cloud.ts';

/** From here on the adapters work on the table of this cloud, as they do in its functions. */
export function useTableOf({ endpoints, parts }: RunningCloud): void {
  Object.assign(process.env, {
    TABLE_NAME: parts.tables[0]?.name,
    AWS_REGION: 'eu-west-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  });
}
