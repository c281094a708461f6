import type { ServiceName } from '../../local/cloud.ts';

/** The faults of a call. */
export const faults = ['fails', 'throttled', 'answer lost', 'silent', 'killed before', 'killed after'] as const;
export type Fault = (typeof faults)[number];

/** Descriptions of the faults. */
export const faultDescriptions: Readonly<Record<Fault, string>> = {
  fails: 'all attempts fail with a server error, without effect',
  throttled: 'all attempts are throttled, without effect',
  'answer lost': 'the first attempt takes effect, then the connection breaks',
  silent: 'the first attempt has no effect and is never answered',
  'killed before': 'the worker that makes the call is killed before the call takes effect',
  'killed after': 'the worker that makes the call is killed after the call has taken effect',
};

/** Faults that apply to every attempt of the call; the others apply once. */
export const lasting: ReadonlySet<Fault> = new Set(['fails', 'throttled']);

export type ErrorAnswer = { status: number; headers: Record<string, string>; body: string };

/** Builds a service's error or throttling response. */
export function errorAnswer(service: ServiceName, fault: 'fails' | 'throttled'): ErrorAnswer {
  if (service === 'operators') {
    return fault === 'fails'
      ? { status: 503, headers: {}, body: '' }
      : { status: 429, headers: { 'retry-after': '0' }, body: '' };
  }
  const throttled = service === 'dynamodb' ? 'ProvisionedThroughputExceededException' : 'ThrottlingException';
  const type = fault === 'fails' ? 'InternalServerError' : throttled;
  return {
    status: fault === 'fails' ? 500 : 400,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': type },
    body: JSON.stringify({ __type: type, message: 'injected by the chaos harness' }),
  };
}
