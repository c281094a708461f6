import { USAGE_COLUMNS } from './iot-accelerator/usage-files.ts';

/**
 * The entry of the operators' secret that leads every operator to the sandbox, in each protocol.
 *
 * @param url of the sandbox, with a trailing slash.
 */
export const sandboxConnection = (url: string, apiKey: string) => ({
  baseUrl: `${url}operators/{operatorId}`,
  apiKey,
  iotAccelerator: {
    clientId: 'cm-public-api-client',
    username: 'sandbox',
    password: apiKey,
    companyId: '78000003',
    usageColumns: USAGE_COLUMNS,
  },
  controlCenter: { username: 'sandbox', apiKey, pushSecret: apiKey },
});
