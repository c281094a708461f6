/**
 * Time-outs of the AWS clients, in milliseconds. Without them, a stalled connection would block a function until its own time-out,
 * and the SDK would not retry.
 */
export const clientTimeouts = {
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
};
