// One way to talk to the gateway: same origin, JSON, the cookie session; every failure becomes an ApiError.

const TIMEOUT_MS = 20_000;

/** Why a call did not give an answer. `network`: nobody answered. `unreadable`: an answer that is not ours. */
export type FailureCode = 'network' | 'timeout' | 'unreadable' | (string & {});

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 if there was no answer. */
  readonly status: number;
  readonly code: FailureCode;
  /** The request's field that is wrong, if the gateway named one. */
  readonly param: string | null;

  constructor(status: number, code: FailureCode, message: string, param: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

export type QueryValue = string | number | undefined;

export interface CallOptions {
  query?: Record<string, QueryValue>;
  body?: object;
  /** A file in place of a body. */
  csv?: string;
  /** How long to wait, ms; default 20 s. */
  timeoutMs?: number;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface UploadOptions {
  query?: Record<string, QueryValue>;
  /** Called with the part that has left, 0 to 1. */
  onProgress?: (part: number) => void;
}

export interface Client {
  /**
   * Calls a route and unwraps its envelope. `T` is what the route's schema promises.
   * @throws ApiError
   */
  call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, options?: CallOptions): Promise<T>;
  /**
   * Sends a file as the body of a POST; however long it takes.
   * @throws ApiError
   */
  upload<T>(path: string, file: Blob, options?: UploadOptions): Promise<T>;
}

/** @throws ApiError `network` */
export type SendFile = (address: string, file: Blob, onProgress: (part: number) => void) => Promise<Response>;

interface ClientDeps {
  fetch: typeof fetch;
  sendFile: SendFile;
  /** Called on every 401, before the error is thrown. */
  onUnauthorized: () => void;
}

export function createClient({ fetch, sendFile, onUnauthorized }: ClientDeps): Client {
  async function unwrap<T>(response: Response): Promise<T> {
    const answer = await readAnswer(response);
    if (answer.success) return answer.data as T; // trusted: the gateway validates its answers against this schema
    if (response.status === 401) onUnauthorized();
    throw new ApiError(response.status, answer.code, answer.message, answer.param);
  }
  return {
    call: async <T>(method: string, path: string, options: CallOptions = {}) =>
      unwrap<T>(await send(fetch, method, path, options)),
    upload: async <T>(path: string, file: Blob, { query, onProgress = () => {} }: UploadOptions = {}) =>
      unwrap<T>(await sendFile(path + queryText(query), file, onProgress)),
  };
}

async function send(doFetch: typeof fetch, method: string, path: string, options: CallOptions) {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  const init: RequestInit = { method, headers, signal, credentials: 'same-origin' };
  if (options.body) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  if (options.csv !== undefined) {
    headers['content-type'] = 'text/csv';
    init.body = options.csv;
  }
  try {
    return await doFetch(path + queryText(options.query), init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(0, timeout.aborted ? 'timeout' : 'network', 'The gateway did not answer.');
  }
}

/** `{q: "a b", limit: 20, role: undefined}` -> `?q=a+b&limit=20`. */
function queryText(query: Record<string, QueryValue> = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

type Answer =
  | { success: true; data: unknown }
  | { success: false; code: FailureCode; message: string; param: string | null };

async function readAnswer(response: Response): Promise<Answer> {
  const unreadable = {
    success: false,
    code: 'unreadable',
    message: `HTTP ${response.status}`,
    param: null,
  } as const;
  if (response.status === 204) return { success: true, data: null };
  let value: unknown;
  try {
    value = JSON.parse(await response.text());
  } catch {
    return unreadable;
  }
  if (!isRecord(value)) return unreadable;
  if (response.ok && value.success === true) return { success: true, data: value.data };
  if (value.success !== false || typeof value.data !== 'string') return unreadable;
  const error = isRecord(value.error) ? value.error : {};
  return {
    success: false,
    code: typeof error.code === 'string' ? error.code : 'unreadable',
    message: value.data,
    param: typeof error.param === 'string' ? error.param : null,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
