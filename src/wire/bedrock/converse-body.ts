// The part of the Converse input that goes into the HTTP body; the model id goes into the path.
import type { ContentBlock, Message, SystemContentBlock } from '@aws-sdk/client-bedrock-runtime';

export interface ConverseMessage extends Message {
  role: 'user' | 'assistant';
  content: (ContentBlock & { text: string })[];
}

export interface ConverseInference {
  maxTokens: number;
  temperature?: number;
  topP?: number;
  stopSequences?: string[];
}

/** What `ConverseCommandInput` holds beside `modelId`; the same for ConverseStream. */
export interface ConverseBody {
  messages: ConverseMessage[];
  system?: (SystemContentBlock & { text: string })[];
  inferenceConfig: ConverseInference;
  requestMetadata?: Readonly<Record<string, string>>;
}
