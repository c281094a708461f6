import { type Draw, uniform } from './draws.ts';
import type { ProxiedService } from './proxied-service.ts';
import { rates } from './rates.ts';
import { type ErrorResponse, errorResponse, sizeOfTransaction, transactionCancelled } from './requests.ts';

/** Decides whether a call is rejected by a burst of throttling. */
export function throttlingBursts(draw: Draw): (nowMs: number) => boolean {
  const { pauseMs, burstMs, share } = rates.throttling;
  let begins = uniform(draw, pauseMs);
  let ends = begins + uniform(draw, burstMs);
  return (nowMs) => {
    while (nowMs >= ends) {
      begins = ends + uniform(draw, pauseMs);
      ends = begins + uniform(draw, burstMs);
    }
    return nowMs >= begins && draw() < share;
  };
}

const names: Readonly<Record<Exclude<ProxiedService, 'operators'>, readonly string[]>> = {
  dynamodb: ['ProvisionedThroughputExceededException', 'ThrottlingException'],
  stepFunctions: ['ThrottlingException'],
  secretsManager: ['ThrottlingException'],
  cognito: ['TooManyRequestsException'],
};

/** Builds a service's throttling error. DynamoDB may cancel a transaction because one of its items is throttled. */
export function throttledResponse(
  service: Exclude<ProxiedService, 'operators'>,
  operation: string,
  body: string,
  draw: Draw,
): ErrorResponse {
  if (service === 'dynamodb' && operation === 'TransactWriteItems' && draw() < 0.5) {
    return transactionCancelled(sizeOfTransaction(body), draw, {
      Code: 'ThrottlingError',
      Message: 'Throughput exceeds the current capacity for one or more global secondary indexes.',
    });
  }
  const known = names[service];
  const name = known[Math.floor(draw() * known.length)] ?? 'ThrottlingException';
  return errorResponse(400, name, 'Rate exceeded');
}
