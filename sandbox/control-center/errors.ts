import type { ApiAnswer } from '../operators-api.ts';

/** An error in the platform's form. */
export function error(status: number, errorCode: string, errorMessage: string): ApiAnswer {
  return { status, body: { errorMessage, errorCode } };
}

export const unknownSim = error(404, '20000001', 'Resource not found - Invalid ICCID');
export const badCredentials = error(401, '10000001', 'Invalid credentials');
export const badJson = error(400, '10000023', 'Invalid JSON in the request');
export const fault = error(500, '30000001', 'Unknown server error');
/** Not 429. */
export const tooManyCalls = error(400, '40000029', 'Rate limit exceeded');
