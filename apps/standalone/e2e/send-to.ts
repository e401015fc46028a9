export interface Call {
  /** A string goes as it is, anything else as JSON. */
  body?: unknown;
  /** Null: none. */
  key?: string | null;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

/** One request without a client in between. */
export function sendTo(url: string, method: string, path: string, call: Call = {}): Promise<Response> {
  const { body, key, headers, signal } = call;
  return fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key != null && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  });
}
