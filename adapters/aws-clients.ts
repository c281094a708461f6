/**
 * How long a client of AWS waits: for a connection, and for an answer, in milliseconds. Without it a connection that has
 * gone silent would hold a function until its own time is over, and the SDK would not try again.
 */
export const clientTimeouts = {
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
};
