// One question that every client can be asked, and what a client understood of the answer: the words in which the matrix
// of clients and features speaks, whatever each client calls things.

export interface Server {
  /** Without `/v1`. */
  url: string;
  /** A virtual key. */
  key: string;
}

export interface AskTool {
  name: string;
  description: string;
  /** JSON Schema. */
  parameters: Record<string, unknown>;
  answer(input: unknown): string;
}

export interface Ask {
  model: string;
  prompt: string;
  system?: string;
  /** PNG, base64. */
  image?: string;
  /** PDF, base64. */
  document?: string;
  tools?: readonly AskTool[];
  /** The one tool that must be called. */
  forced?: string;
  schema?: { name: string; schema: Record<string, unknown> };
  effort?: 'low';
  /** The instructions are to be cached. */
  isCached?: boolean;
  signal?: AbortSignal;
}

export interface SaidCall {
  name: string;
  input: unknown;
}

export interface Said {
  text: string;
  calls: SaidCall[];
  reasoning: string;
  /** Of an answer that was to fit a schema, as the client parsed it. */
  object?: unknown;
  /** As the client reports it; null: it does not. */
  tokens: { input: number; output: number; cached: number } | null;
}

export const NOTHING: Said = { text: '', calls: [], reasoning: '', tokens: null };

export interface Client {
  /** Heading of its column, and the name of its tests. */
  name: string;
  /** What it is and which route it takes, for the document. */
  description: string;
  /** A snippet that sets it up; `BASE_URL` and `KEY` stand for the reader's own. */
  setUp: { language: string; code: string };
  /** Features it has no word for, and why. */
  cannot: Partial<Record<FeatureName, string>>;
  /** One exchange; tools are offered, not run. */
  ask(server: Server, ask: Ask): Promise<Said>;
  /** Runs the tools it is asked for until the model has said its last word. */
  loop?(server: Server, ask: Ask): Promise<Said>;
  embed?(server: Server, ask: { model: string; texts: string[] }): Promise<number[][]>;
  /** Base64 of each picture. */
  draw?(server: Server, ask: { model: string; prompt: string }): Promise<string[]>;
  /** Tokens of a question. */
  count?(server: Server, ask: Ask): Promise<number>;
  /** Names of the models on offer. */
  list?(server: Server): Promise<string[]>;
}

/** In tables of their own, because one of all would be too wide to read. */
export const FEATURE_GROUPS = {
  Answers: ['text', 'instructions', 'usage', 'structured output', 'reasoning', 'prompt caching'],
  Tools: [
    'one tool call',
    'parallel tool calls',
    'a tool without arguments',
    'a forced tool',
    'a tool loop',
    'reasoning through a tool loop',
  ],
  Failures: [
    'a refused request raises',
    'throttling raises',
    'an unknown model raises',
    'an empty purse raises',
    'a failure in mid-answer raises',
  ],
  'Media and more': [
    'images',
    'documents',
    'embeddings',
    'image generation',
    'token counting',
    'the list of models',
  ],
} as const;
export type FeatureName = (typeof FEATURE_GROUPS)[keyof typeof FEATURE_GROUPS][number];
export const FEATURE_NAMES: readonly FeatureName[] = Object.values(FEATURE_GROUPS).flat();
