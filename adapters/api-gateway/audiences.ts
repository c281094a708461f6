import { ApiGatewayV2Client, GetAuthorizerCommand, UpdateAuthorizerCommand } from '@aws-sdk/client-apigatewayv2';
import { memoize } from '../../domain/memoize.ts';
import { answersInTime } from '../aws-clients.ts';
import { required } from '../environment.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html: of an authoriser, and no more on request. */
export const MAX_AUDIENCES = 50;

const client = memoize(() => new ApiGatewayV2Client(answersInTime));

const authorizer = () => ({ ApiId: required('API_ID'), AuthorizerId: required('AUTHORIZER_ID') });

/** For whom a token has to be meant, that the API takes it: by its `aud`, or its `client_id` where it has none. */
export async function getAudiences(): Promise<string[]> {
  const { JwtConfiguration } = await client().send(new GetAuthorizerCommand(authorizer()));
  return JwtConfiguration?.Audience ?? [];
}

/** Replaces them, from the next request on. The issuer stays. */
export async function setAudiences(audiences: readonly string[]): Promise<void> {
  const { JwtConfiguration } = await client().send(new GetAuthorizerCommand(authorizer()));
  await client().send(
    new UpdateAuthorizerCommand({
      ...authorizer(),
      JwtConfiguration: { ...JwtConfiguration, Audience: [...audiences] },
    }),
  );
}
