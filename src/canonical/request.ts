// A chat as the house speaks of it, whichever dialect the client used. Imports nothing.

/** A piece of what somebody said. Later issues add images, documents, tools and reasoning. */
export interface TextBlock {
  kind: 'text';
  text: string;
}

export type ContentBlock = TextBlock;

/**
 * One turn of the conversation, in the client's order. A `system` turn is an instruction given in the
 * middle of the conversation; instructions that precede it are in `ChatRequest.system`.
 */
export interface Turn {
  role: 'user' | 'assistant' | 'system';
  content: ContentBlock[];
}

export interface ChatRequest {
  /** The model name as the client wrote it: an alias, a Bedrock model id or an inference profile. */
  model: string;
  /** Leading instructions, in order. */
  system: string[];
  turns: Turn[];
  /** The most tokens the client wants back; null when it did not say. */
  maxOutputTokens: number | null;
  /** 0 is a value; null means not given. */
  temperature: number | null;
  topP: number | null;
  stopSequences: string[];
  stream: boolean;
}
