import { between, type Draw } from './draws.ts';
import type { ProxiedService } from './proxied-service.ts';
import { rates } from './rates.ts';
import { cancelled, type ErrorAnswer, errorAnswer, sizeOfTransaction } from './requests.ts';

/** Decides for each call of a service whether a burst of throttling refuses it. */
export function throttlingBursts(draw: Draw): (nowMs: number) => boolean {
  const { pauseMs, burstMs, share } = rates.throttling;
  let begins = between(draw, pauseMs);
  let ends = begins + between(draw, burstMs);
  return (nowMs) => {
    while (nowMs >= ends) {
      begins = ends + between(draw, pauseMs);
      ends = begins + between(draw, burstMs);
    }
    return nowMs >= begins && draw() < share;
  };
}

const names: Readonly<Record<Exclude<ProxiedService, 'operators'>, readonly string[]>> = {
  dynamodb: ['ProvisionedThroughputExceededException', 'ThrottlingException'],
  stepFunctions: ['ThrottlingException'],
  secretsManager: ['ThrottlingException'],
  cognito: ['TooManyRequestsException'],
  apiGateway: ['TooManyRequestsException'],
};

/** How a service refuses a call as one too many. DynamoDB may cancel a transaction because one of its items is throttled. */
export function throttledAnswer(
  service: Exclude<ProxiedService, 'operators'>,
  operation: string,
  body: string,
  draw: Draw,
): ErrorAnswer {
  if (service === 'dynamodb' && operation === 'TransactWriteItems' && draw() < 0.5) {
    return cancelled(sizeOfTransaction(body), draw, {
      Code: 'ThrottlingError',
      Message: 'Throughput exceeds the current capacity for one or more global secondary indexes.',
    });
  }
  const known = names[service];
  const name = known[Math.floor(draw() * known.length)] ?? 'ThrottlingException';
  return errorAnswer(service === 'apiGateway' ? 429 : 400, name, 'Rate exceeded');
}
