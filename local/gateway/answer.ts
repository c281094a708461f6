/** An HTTP answer, before it is written. */
export type Answer = {
  status: number;
  headers: Readonly<Record<string, string>>;
  cookies?: readonly string[];
  body: string | Buffer;
};

/** What API Gateway says by itself, in its own words. */
export function gatewayMessage(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ message }) };
}
