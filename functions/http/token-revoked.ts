import type { ApiResponse } from './checked-request.ts';

/** The token is valid, but its user or API client was revoked. */
export class TokenRevoked extends Error {
  override readonly name = 'TokenRevoked';
}

/** The same answer as that of API Gateway to an invalid token, so that clients handle one kind of 401. */
export function unauthorizedResponse(requestId: string): ApiResponse {
  return {
    statusCode: 401,
    headers: {
      'content-type': 'application/json',
      'www-authenticate': 'Bearer scope="" error="invalid_token" error_description="the token is revoked"',
      'x-request-id': requestId,
    },
    body: JSON.stringify({ message: 'Unauthorized' }),
  };
}
