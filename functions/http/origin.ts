/** The origin at which a client called the API. */
export function originOf(headers: Readonly<Record<string, string | undefined>>): string {
  return `${headers['x-forwarded-proto'] ?? 'https'}://${headers.host ?? 'localhost'}`;
}
