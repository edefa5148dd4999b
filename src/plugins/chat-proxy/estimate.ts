// How many tokens a request can have. Never a tokeniser: the best of them blocks for seconds on 100 KB of one letter.
import type { ModelCapabilities } from '../../canonical/capabilities.ts';
import type { ContentBlock, ToolResultContent } from '../../canonical/content.ts';
import type { ChatRequest } from '../../canonical/request.ts';
import { likelyTokens } from '../../canonical/usage.ts';

/** `strict`: a byte is a token, the true upper bound. `realistic`: a token has at least three bytes, nearly always. */
export type Estimator = 'strict' | 'realistic';

const BYTES_PER_TOKEN: Record<Estimator, number> = { strict: 1, realistic: 3 };
/** Role marks and the like around every turn. */
const TOKENS_PER_TURN = 8;
/** What an image costs at the most where the catalogue does not say; the largest that Claude 4 takes has 1,600. */
const IMAGE_TOKENS = 1_600;
/** What is said to the model around the tools, once. */
const TOOL_PREAMBLE_TOKENS = 500;

export interface InputEstimate {
  /** At the most, by the estimator: what the hold reserves. */
  bound: number;
  /** Probably: what an unreported request is charged. */
  likely: number;
}

export interface EstimateLimits {
  estimator: Estimator;
  capabilities: ModelCapabilities;
  /** No request that is served has more input than this. */
  contextTokens: number;
}

export function estimateInput(request: ChatRequest, limits: EstimateLimits): InputEstimate {
  const { estimator, capabilities, contextTokens } = limits;
  const measure = new Measure();
  for (const { text } of request.system) measure.text(text);
  for (const turn of request.turns) for (const block of turn.content) measure.block(block);
  for (const tool of request.tools) {
    measure.text(tool.name);
    measure.text(tool.description ?? '');
    measure.json(tool.inputSchema);
  }
  if (request.responseFormat?.kind === 'schema') measure.json(request.responseFormat.schema);
  const fixed =
    (request.turns.length + request.system.length) * TOKENS_PER_TURN +
    measure.images * (capabilities.imageTokens ?? IMAGE_TOKENS) +
    (request.tools.length > 0 ? TOOL_PREAMBLE_TOKENS : 0);
  return {
    bound: Math.min(contextTokens, Math.ceil(measure.bytes / BYTES_PER_TOKEN[estimator]) + fixed),
    likely: Math.min(contextTokens, likelyTokens(measure.bytes) + fixed),
  };
}

/** Of texts that are embedded, each by itself. */
export function estimateTexts(
  texts: readonly string[],
  { estimator, contextTokens }: Omit<EstimateLimits, 'capabilities'>,
): InputEstimate {
  const sum = { bound: 0, likely: 0 };
  for (const text of texts) {
    const bytes = Buffer.byteLength(text);
    const most = Math.ceil(bytes / BYTES_PER_TOKEN[estimator]) + TOKENS_PER_TURN;
    sum.bound += Math.min(contextTokens, most);
    sum.likely += Math.min(contextTokens, likelyTokens(bytes));
  }
  return sum;
}

class Measure {
  bytes = 0;
  images = 0;

  text(text: string): void {
    this.bytes += Buffer.byteLength(text);
  }

  json(value: unknown): void {
    this.text(JSON.stringify(value));
  }

  block(block: ContentBlock | ToolResultContent): void {
    switch (block.kind) {
      case 'text':
      case 'reasoning':
        this.text(block.text);
        break;
      case 'redacted-reasoning':
        this.bytes += block.base64.length;
        break;
      case 'image':
        this.images += 1;
        break;
      case 'document':
        // Three bytes for four characters of base64; a document's markup is more than its text.
        this.bytes += Math.ceil((block.base64.length * 3) / 4);
        break;
      case 'search-result':
        for (const text of block.texts) this.text(text);
        break;
      case 'tool-use':
        this.text(block.name);
        this.json(block.input);
        break;
      case 'tool-result':
        for (const part of block.content) this.block(part);
        break;
    }
  }
}
