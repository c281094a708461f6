import { setTimeout as sleep } from 'node:timers/promises';
import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context, LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { BooksChanged, BooksFull, openBooks } from './books-in-table.ts';
import { encodeBody, MAX_BODY_BYTES, parseBody } from './json-over-http.ts';
import { type ApiAnswer, refusal } from './operators-api.ts';
import { isAllowed, operatorsService, parsePath, type SandboxRequest } from './service.ts';
import { openStore } from './store.ts';

export type OnLambdaOptions = {
  documents: DynamoDBDocumentClient;
  tableName: string;
  apiKey: string;
  now: () => Date;
};

/** The attempts of a call: concurrent callers of an operator write to the same books. */
const MAX_ATTEMPTS = 20;
const MAX_PAUSE_MS = 200;
/** A stalled call is answered this long before Lambda's time-out. */
const STALL_MARGIN_MS = 500;

/** Handles a call of a function URL, with books in a table. */
export async function answerUrl(
  event: LambdaFunctionURLEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
  { documents, tableName, apiKey, now }: OnLambdaOptions,
): Promise<LambdaFunctionURLResult> {
  const call = callOf(event);
  const { operatorId } = parsePath(call.url);
  for (let attempt = 1; ; attempt++) {
    const store =
      operatorId !== undefined && isAllowed(call, apiKey)
        ? await openBooks({ documents, tableName }, operatorId)
        : await openStore();
    try {
      const answer = await operatorsService({ store, now, apiKey }).answer(call);
      await store.save();
      if (answer === undefined) {
        await sleep(Math.max(context.getRemainingTimeInMillis() - STALL_MARGIN_MS, 0));
      }
      return resultOf(answer ?? refusal(504, 'stalled', 'The operator does not answer'));
    } catch (error) {
      if (error instanceof BooksFull) {
        return resultOf(refusal(507, 'books_full', error.message));
      }
      if (!(error instanceof BooksChanged)) {
        throw error;
      }
      if (attempt === MAX_ATTEMPTS) {
        return resultOf(refusal(503, 'overloaded', 'Too many concurrent calls: retry'));
      }
      await sleep(Math.random() * Math.min(MAX_PAUSE_MS, 10 * 2 ** attempt));
    }
  }
}

let documents: DynamoDBDocumentClient | undefined;

/** The sandbox as a function behind its own URL: `TABLE_NAME` names the table of its books, `API_KEY_SECRET` the secret with its key. */
export async function handler(event: LambdaFunctionURLEvent, context: Context): Promise<LambdaFunctionURLResult> {
  const { TABLE_NAME: tableName, API_KEY_SECRET: secret } = process.env;
  if (!tableName || !secret) {
    throw new Error('TABLE_NAME and API_KEY_SECRET are required');
  }
  const apiKey = await getSecret(secret, { maxAge: 3600 });
  if (typeof apiKey !== 'string' || apiKey === '') {
    throw new Error('The secret contains no API key');
  }
  documents ??= DynamoDBDocumentClient.from(new DynamoDBClient());
  return answerUrl(event, context, { documents, tableName, apiKey, now: () => new Date() });
}

function callOf(event: LambdaFunctionURLEvent): SandboxRequest {
  return {
    method: event.requestContext.http.method,
    url: new URL(`${event.rawPath}?${event.rawQueryString}`, 'http://sandbox'),
    header: (name) => event.headers[name],
    async json() {
      const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
      return body.length > MAX_BODY_BYTES ? undefined : parseBody(String(body), event.headers['content-type']);
    },
  };
}

function resultOf({ status, body, headers }: ApiAnswer): LambdaFunctionURLResult {
  const { contentType, text } = encodeBody(body);
  return {
    statusCode: status,
    headers: { 'content-type': contentType, ...headers, ...(status === 503 && { 'retry-after': '1' }) },
    body: text,
  };
}
