/** An HTTP response, before it is written. */
export type GatewayResponse = {
  status: number;
  headers: Readonly<Record<string, string>>;
  cookies?: readonly string[];
  body: string | Buffer;
};

/** A response of API Gateway itself, with its own wording. */
export function gatewayMessage(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): GatewayResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ message }) };
}
