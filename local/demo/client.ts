/** Calls the API as a partner's program would: over HTTP, with a token. */
export type Client = {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
};

/** A problem document returned by the API. */
export class ApiProblem extends Error {
  readonly code: string;

  constructor({ code, detail }: { code: string; detail: string }) {
    super(detail);
    this.name = 'ApiProblem';
    this.code = code;
  }
}

export function createClient(url: string, token: string): Client {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) {
      // Safe: every error of the API is a problem document, with these members.
      throw new ApiProblem(answer as { code: string; detail: string });
    }
    // Safe as long as the API keeps its contract, which the demo shows.
    return answer as T;
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
  };
}
