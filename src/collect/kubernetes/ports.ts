/** What the API server answered to one GET. */
export interface Answer {
  readonly status: number;
  /** Parsed for each call, so that nothing of it stays; null where the body was no JSON. */
  readonly body: unknown;
  /** Seconds, from Retry-After; null where it says none. */
  readonly retryAfter: number | null;
}

/** The API server of one cluster. Rejects with a ReadError where there is no answer. */
export interface ApiServer {
  get(path: string, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

/** The same, for `probe`, which asks for a token of a service account, or makes a pod and takes it away. Nothing that collects is given one. */
export interface WritableApiServer extends ApiServer {
  post(path: string, body: object, signal: AbortSignal): Promise<Answer>;
  delete(path: string, body: object, signal: AbortSignal): Promise<Answer>;
}

/** Where a cluster's API server is, and how to know it. */
export interface Endpoint {
  readonly name: string;
  /** Left out = it was not EKS that told of it. */
  readonly region?: string;
  readonly url: string;
  /** Base64 of the PEM certificate that the server's own has to be signed by. */
  readonly certificateAuthority: string;
}

/** Opens a connection. @param token gives a bearer token that is good for a minute at least */
export type Connect = (endpoint: Endpoint, token: () => Promise<string>) => ApiServer;
