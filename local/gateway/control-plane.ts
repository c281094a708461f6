import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import { apiGatewayLimits } from '../limits.ts';
import { type LocalServer, listenLocally } from '../listen.ts';
import type { AuthorizerPart, HttpApiPart } from '../template/parts.ts';

const updateSchema = z.strictObject({
  jwtConfiguration: z.strictObject({ issuer: z.string(), audience: z.array(z.string().min(1)).min(1) }),
});

/** The settings of an HTTP API that can change while it runs. */
export type ControlPlane = LocalServer & {
  /** The audiences that the authoriser accepts now. */
  audienceOf(authorizer: Pick<AuthorizerPart, 'id' | 'audience'>): readonly string[];
};

/**
 * Serves API Gateway's GetAuthorizer and UpdateAuthorizer (REST-JSON) for the authorisers of an API. A start of the local cloud
 * resets them to the template, as a deployment does.
 */
export async function serveControlPlane(api: HttpApiPart): Promise<ControlPlane> {
  const authorizers = new Map(
    api.routes.flatMap(({ authorizer }) => (authorizer ? [[authorizer.id, authorizer]] : [])),
  );
  const audiences = new Map<string, readonly string[]>();
  const audienceOf: ControlPlane['audienceOf'] = ({ id, audience }) => audiences.get(id) ?? audience;

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown; error?: string }> {
    const [, apiId, id = ''] = /^\/v2\/apis\/([^/]+)\/authorizers\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const authorizer = apiId === api.id ? authorizers.get(id) : undefined;
    if (!authorizer) {
      return refused(404, 'NotFoundException', 'Invalid Authorizer identifier specified');
    }
    if (request.method === 'PATCH') {
      const update = updateSchema.safeParse(JSON.parse((await buffer(request)).toString()));
      if (!update.success) {
        return refused(400, 'BadRequestException', z.prettifyError(update.error));
      }
      const { issuer, audience } = update.data.jwtConfiguration;
      if (issuer !== authorizer.issuer || audience.length > apiGatewayLimits.audiences) {
        return refused(
          400,
          'BadRequestException',
          `The issuer cannot change locally, and ${apiGatewayLimits.audiences} audiences are the maximum`,
        );
      }
      audiences.set(id, audience);
    } else if (request.method !== 'GET') {
      return refused(405, 'BadRequestException', 'The local cloud supports GetAuthorizer and UpdateAuthorizer only');
    }
    return {
      status: 200,
      body: {
        authorizerId: id,
        authorizerType: 'JWT',
        identitySource: ['$request.header.Authorization'],
        jwtConfiguration: { issuer: authorizer.issuer, audience: audienceOf(authorizer) },
      },
    };
  }

  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) => refused(500, 'InternalServerError', String(error)))
      .then(({ status, body, error }) =>
        response
          .writeHead(status, {
            'content-type': 'application/json',
            'x-amzn-requestid': randomUUID(),
            ...(error !== undefined && { 'x-amzn-errortype': error }),
          })
          .end(JSON.stringify(body)),
      );
  });
  return { ...(await listenLocally(server)), audienceOf };
}

function refused(status: number, error: string, message: string) {
  return { status, body: { message }, error };
}
