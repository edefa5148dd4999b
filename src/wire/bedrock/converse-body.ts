// The part of the Converse input that goes into the HTTP body; the model id goes into the path. Bytes are base64
// strings here, as they are on the wire, where the AWS SDK's own types have arrays of bytes. Members stand in the order
// in which the SDK writes them, so that a test can compare bytes.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import type { JsonObject } from '../../canonical/content.ts';

export interface CachePoint {
  cachePoint: { type: 'default'; ttl?: '5m' | '1h' };
}

export interface ImageContent {
  image: { format: string; source: { bytes: string } };
}

export interface DocumentContent {
  document: {
    name: string;
    source: { bytes: string } | { content: { text: string }[] };
    format: string;
    context?: string;
    citations?: { enabled: boolean };
  };
}

export interface SearchResultContent {
  searchResult: {
    source: string;
    title: string;
    content: { text: string }[];
    citations?: { enabled: boolean };
  };
}

export type ToolResultPart = { text: string } | ImageContent | DocumentContent | SearchResultContent;

export type ConverseContent =
  | { text: string }
  | ImageContent
  | DocumentContent
  | SearchResultContent
  | { toolUse: { toolUseId: string; name: string; input: JsonObject } }
  | { toolResult: { toolUseId: string; content: ToolResultPart[]; status?: 'success' | 'error' } }
  | { reasoningContent: { reasoningText: { text: string; signature?: string } } }
  | { reasoningContent: { redactedContent: string } }
  | CachePoint;

export interface ConverseMessage {
  role: 'user' | 'assistant' | 'system';
  content: ConverseContent[];
}

export interface ConverseInference {
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stopSequences?: string[];
}

/** One block of the instructions. */
export type SystemPart = { text: string } | CachePoint;

export type ConverseTool =
  | {
      toolSpec: { name: string; inputSchema: { json: JsonObject }; description?: string; strict?: boolean };
    }
  | CachePoint;

export interface ToolConfig {
  tools: ConverseTool[];
  toolChoice?: { auto: JsonObject } | { any: JsonObject } | { tool: { name: string } };
}

export interface OutputConfig {
  textFormat?: {
    type: 'json_schema';
    structure: { jsonSchema: { schema: string; name?: string; description?: string } };
  };
  effort?: string;
}

/** What `ConverseCommandInput` holds beside `modelId`; the same for ConverseStream but for the guardrail's mode. */
export interface ConverseBody {
  messages: ConverseMessage[];
  system?: SystemPart[];
  inferenceConfig: ConverseInference;
  toolConfig?: ToolConfig;
  guardrailConfig?: {
    guardrailIdentifier: string;
    guardrailVersion: string;
    trace?: string;
    streamProcessingMode?: string;
  };
  additionalModelRequestFields?: JsonObject;
  additionalModelResponseFieldPaths?: string[];
  requestMetadata?: Readonly<Record<string, string>>;
  performanceConfig?: { latency: string };
  serviceTier?: { type: string };
  outputConfig?: OutputConfig;
}
