import { createHash, timingSafeEqual } from 'node:crypto';
import { answerControlCenter } from './control-center/api.ts';
import * as controlCenterErrors from './control-center/errors.ts';
import { answerIotAccelerator } from './iot-accelerator/api.ts';
import { htmlError, problem } from './iot-accelerator/errors.ts';
import { hasToken } from './iot-accelerator/token.ts';
import { countCall } from './limits.ts';
import { type ApiAnswer, type ApiRequest, answerRequest, type Context, refusal } from './operators-api.ts';

/** A protocol in which the operators can be called. */
export type Protocol = {
  answer(context: Context, request: ApiRequest): ApiAnswer;
  /** The answer to a failing call, which may have taken effect. */
  failed(tookEffect: boolean): ApiAnswer;
  /** The answer to a call that exceeds `concurrentCalls`. */
  tooManyCalls: ApiAnswer;
  badJson: ApiAnswer;
  unauthorised: ApiAnswer;
  /** Whether an `Authorization` header has valid credentials. */
  isAuthorised(authorization: string | undefined, apiKey: string): boolean;
};

const badJson = refusal(400, 'invalid_json', 'The body is not JSON, or too long');

const simFulfilment: Protocol = {
  answer: answerRequest,
  failed: () => refusal(503, 'overloaded', 'Too many requests: retry'),
  tooManyCalls: refusal(429, 'too_many_calls', 'Too many calls at a time: retry'),
  badJson,
  unauthorised: refusal(401, 'unauthorised', 'The API key is missing or wrong'),
  isAuthorised: (authorization, apiKey) => isEqual(authorization, `Bearer ${apiKey}`),
};

const iotAccelerator: Protocol = {
  answer(context, request) {
    const { isWithin, headers } = countCall(context.books, request.path.slice(0, 2).join('/'), Date.now());
    const answer = isWithin ? answerIotAccelerator(context, request) : iotAccelerator.tooManyCalls;
    return { ...answer, headers };
  },
  failed: () => htmlError(503, 'Service Unavailable'),
  tooManyCalls: problem(429, 'Too Many Requests', 'API rate limit exceeded'),
  badJson,
  unauthorised: problem(401, 'Unauthorized', 'Token expired'),
  isAuthorised: hasToken,
};

const controlCenter: Protocol = {
  answer: (context, request) =>
    countCall(context.books, 'the account', Date.now()).isWithin
      ? answerControlCenter(context, request)
      : controlCenterErrors.tooManyCalls,
  // A call that does not reach the platform gets a page of something in between.
  failed: (tookEffect) => (tookEffect ? controlCenterErrors.fault : htmlError(502, 'Bad Gateway')),
  tooManyCalls: controlCenterErrors.tooManyCalls,
  badJson: controlCenterErrors.badJson,
  unauthorised: controlCenterErrors.badCredentials,
  isAuthorised(authorization, apiKey) {
    const credentials = Buffer.from((authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
    return isEqual(credentials.slice(credentials.indexOf(':') + 1), apiKey);
  },
};

/** The protocol of a path below an operator's base URL: each has paths of its own. */
export function protocolOf([first]: readonly string[]): Protocol {
  switch (first) {
    case 'auth':
    case 'subscriptions':
    case 'sica':
    case 'business-analytics-service':
      return iotAccelerator;
    case 'devices':
      return controlCenter;
    default:
      return simFulfilment;
  }
}

/** Compares digests in constant time, so that the duration reveals neither the key nor its length. */
export function isEqual(given: string | undefined, expected: string): boolean {
  return timingSafeEqual(digestOf(given ?? ''), digestOf(expected));
}

const digestOf = (text: string) => createHash('sha256').update(text).digest();
