import { ApiGatewayV2Client, GetAuthorizerCommand, UpdateAuthorizerCommand } from '@aws-sdk/client-apigatewayv2';
import { memoize } from '../../domain/memoize.ts';
import { interactiveRetries } from '../../domain/retry-policies.ts';
import { clientTimeouts } from '../aws-clients.ts';
import { boundedRetries } from '../dynamodb/retry-strategy.ts';
import { required } from '../environment.ts';

/**
 * The quota of one authoriser, which cannot be raised.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
export const MAX_AUDIENCES = 50;

const client = memoize(
  () => new ApiGatewayV2Client({ ...clientTimeouts, retryStrategy: boundedRetries(() => interactiveRetries) }),
);

const authorizer = () => ({ ApiId: required('API_ID'), AuthorizerId: required('AUTHORIZER_ID') });

/** The audiences that the API accepts: the `aud` of a token, or its `client_id` if it has none. */
export async function getAudiences(): Promise<string[]> {
  const { JwtConfiguration } = await client().send(new GetAuthorizerCommand(authorizer()));
  return JwtConfiguration?.Audience ?? [];
}

/** Replaces the accepted audiences, effective from the next request. The issuer stays the same. */
export async function setAudiences(audiences: readonly string[]): Promise<void> {
  const { JwtConfiguration } = await client().send(new GetAuthorizerCommand(authorizer()));
  await client().send(
    new UpdateAuthorizerCommand({
      ...authorizer(),
      JwtConfiguration: { ...JwtConfiguration, Audience: [...audiences] },
    }),
  );
}
