// The pieces of what somebody said, whichever dialect they came in. Imports nothing.

/** A parsed JSON object; what is in it is the client's or the model's affair. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** How long a prompt cache keeps the prefix that ends here. */
export type CacheLifetime = '5m' | '1h';

/** Every block may end a prefix that is to be cached. */
interface Cacheable {
  cacheAfter?: CacheLifetime;
}

export interface TextBlock extends Cacheable {
  kind: 'text';
  text: string;
  /** Where the model says it has it from; only in answers, and only the Anthropic dialect shows them. */
  citations?: readonly JsonObject[];
}

export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'webp';

/** Bytes travel as base64 from the client's body to the upstream's: they are decoded only to be measured. */
export interface ImageBlock extends Cacheable {
  kind: 'image';
  /** `url` is fetched, where that is allowed, before the request is admitted: no provider sees one. */
  source: { kind: 'bytes'; format: ImageFormat; base64: string } | { kind: 'url'; url: string };
  /** Path of the image in the body, to blame it by. */
  path: string;
}

export type DocumentFormat = 'pdf' | 'csv' | 'doc' | 'docx' | 'xls' | 'xlsx' | 'html' | 'txt' | 'md';

export interface DocumentBlock extends Cacheable {
  kind: 'document';
  format: DocumentFormat;
  /** As the client wrote it; null: it has none. */
  name: string | null;
  base64: string;
  /** The pieces that citations count, whose paragraphs `base64` has too; only Anthropic clients have them. */
  passages?: readonly string[];
  /** Where it is to be fetched before the request is admitted; until then `base64` is empty. Only Anthropic clients. */
  url?: string;
  /** What the client says about it, beside it; Anthropic's `context`. */
  context?: string;
  /** The model is to say which part it has a statement from; only Anthropic clients can ask. */
  wantsCitations?: boolean;
  /** Path of the document in the body, to blame it by. */
  path: string;
}

/** A passage that a client's own search found; only Anthropic clients have it. */
export interface SearchResultBlock extends Cacheable {
  kind: 'search-result';
  source: string;
  title: string;
  texts: readonly string[];
  wantsCitations: boolean;
}

/** The model asks for a tool. */
export interface ToolUseBlock extends Cacheable {
  kind: 'tool-use';
  /** As the client knows it. */
  id: string;
  /** As the client knows it; what the upstream's rules make of it stays with the provider. */
  name: string;
  input: JsonObject;
}

export type ToolResultContent = TextBlock | ImageBlock | DocumentBlock | SearchResultBlock;

export interface ToolResultBlock extends Cacheable {
  kind: 'tool-result';
  toolUseId: string;
  /** May be empty. */
  content: readonly ToolResultContent[];
  /** Null: the dialect cannot say. */
  isError: boolean | null;
  /** Path of the result in the body, to blame it by. */
  path: string;
}

/** What the model thought; its signature must come back unchanged for it to go on from there. */
export interface ReasoningBlock {
  kind: 'reasoning';
  text: string;
  /** Null: this model does not sign, or the client lost it. */
  signature: string | null;
}

/** Thought that nobody may read, base64; must come back byte for byte. */
export interface RedactedReasoningBlock {
  kind: 'redacted-reasoning';
  base64: string;
}

export type ContentBlock =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | SearchResultBlock
  | ToolUseBlock
  | ToolResultBlock
  | ReasoningBlock
  | RedactedReasoningBlock;

/** What an answer can consist of. */
export type AnswerBlock = TextBlock | ToolUseBlock | ReasoningBlock | RedactedReasoningBlock;
