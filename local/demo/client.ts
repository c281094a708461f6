/** Calls the API as a partner's program would: over HTTP, with a token. A CSV answer is returned as text. */
export type Client = {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** Sends a file. */
  postCsv<T>(path: string, text: string): Promise<T>;
  put<T>(path: string, body?: unknown): Promise<T>;
  del(path: string): Promise<void>;
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
  const call = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    send(method, path, body === undefined ? undefined : { type: 'application/json', text: JSON.stringify(body) });

  async function send<T>(method: string, path: string, body?: { type: string; text: string }): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': body.type }),
      },
      ...(body === undefined ? {} : { body: body.text }),
    });
    const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
    const answer: unknown = isJson ? await response.json() : await response.text();
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
    postCsv: (path, text) => send('POST', path, { type: 'text/csv', text }),
    put: (path, body) => call('PUT', path, body),
    del: async (path) => {
      await call('DELETE', path);
    },
  };
}
