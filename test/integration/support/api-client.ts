/** An answer of the API. `body` is `undefined` without a body, and a string if it is not JSON. */
export type ApiResponse<T = unknown> = { status: number; body: T; headers: Headers };

/** Calls the API over HTTP as one caller. Never throws for a status, because tests check it. */
export type ApiClient = {
  get<T>(path: string, headers?: Record<string, string>): Promise<ApiResponse<T>>;
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiResponse<T>>;
  put<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiResponse<T>>;
  patch<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiResponse<T>>;
  del<T>(path: string, headers?: Record<string, string>): Promise<ApiResponse<T>>;
};

/**
 * A client with a token, or without one. Sends a string as it is (for malformed JSON), and any other body as JSON. The
 * headers of a call replace those of the client.
 *
 * @param url the address of the API. Read for each call, as the token is, because clouds restart and tokens come later.
 */
export function apiClient(url: () => string, token: () => Promise<string | undefined>): ApiClient {
  async function call<T>(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiResponse<T>> {
    const bearer = await token();
    const response = await fetch(url() + path, {
      method,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    // Safe: tests check the body.
    return { status: response.status, body: read(await response.text()) as T, headers: response.headers };
  }
  return {
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, body, headers) => call('PATCH', path, body, headers),
    del: (path, headers) => call('DELETE', path, undefined, headers),
  };
}

function read(text: string): unknown {
  if (text === '') {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
