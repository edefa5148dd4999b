// What must be known of a request to read its answer: a request and its answer are translated apart, and this is all
// that passes between them.

export interface Reading {
  /** The upstream's `inputTokens` already include the cached ones; see `separateCached`. */
  inputIncludesCached: boolean;
  /** Names of tools as the upstream knows them -> as the client does, where they differ. */
  toolNames: ReadonlyMap<string, string>;
  /** Ids of tool calls, the same way. New ones, which the model makes, pass unchanged. */
  toolIds: ReadonlyMap<string, string>;
  /** The input of this tool (upstream's name) is the answer's text: it was offered only to give the answer its form. */
  answerTool: string | null;
  /** The model was asked for JSON in words only: what it puts around the value is not the answer's. */
  extractsJson: boolean;
}

export const PLAIN_READING: Reading = {
  inputIncludesCached: false,
  toolNames: new Map(),
  toolIds: new Map(),
  answerTool: null,
  extractsJson: false,
};
