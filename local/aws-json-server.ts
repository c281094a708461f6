import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type LocalServer, listenLocally } from './listen.ts';
import type { Log } from './log.ts';

/** An error response of an AWS service; `name` is the name of the SDK's error. */
export class ServiceError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The operations of a service by name: each takes the request's JSON and returns the response's JSON. */
export type Operations = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>;

export type AwsJsonServer = LocalServer;

/** Serves the AWS JSON protocol (1.0 and 1.1): `X-Amz-Target: <prefix>.<operation>`. Does not verify signatures. */
export async function serveAwsJson(service: {
  prefix: string;
  operations: Operations;
  log: Log;
  /** Throws the service's throttling error when a request exceeds the quota. */
  quota?: (operation: string) => void;
}): Promise<AwsJsonServer> {
  const server = createServer((request, response) => {
    answer(request).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        if (error instanceof ServiceError) {
          send(response, 400, { __type: error.name, message: error.message }, error.name);
        } else {
          service.log(`${service.prefix} failed: ${String(error)}`);
          send(
            response,
            500,
            { __type: 'InternalServerError', message: 'The local cloud failed' },
            'InternalServerError',
          );
        }
      },
    );
  });

  async function answer(request: IncomingMessage): Promise<unknown> {
    const body = (await buffer(request)).toString();
    const target = String(request.headers['x-amz-target'] ?? '');
    const [prefix, operation = ''] = target.split('.');
    const run =
      prefix === service.prefix && Object.hasOwn(service.operations, operation)
        ? service.operations[operation]
        : undefined;
    if (!run) {
      throw new ServiceError(
        'UnknownOperationException',
        `The local cloud does not support ${target || 'a request without X-Amz-Target'}. Supported: ${Object.keys(service.operations).join(', ')}.`,
      );
    }
    service.quota?.(operation);
    const input: unknown = parse(body);
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      throw new ServiceError('SerializationException', 'The body is not a JSON object');
    }
    return run(Object.fromEntries(Object.entries(input)));
  }

  return listenLocally(server);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text || '{}');
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: unknown, errorType?: string): void {
  response
    .writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': randomUUID(),
      ...(errorType !== undefined && { 'x-amzn-errortype': errorType }),
    })
    .end(JSON.stringify(body ?? {}));
}
