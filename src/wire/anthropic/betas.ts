// `anthropic-beta`: an open set of flags. What becomes of each is data; one that is not listed has no effect and is
// reported, never refused, because clients send flags of features that a request may not even use.
import type { Notes } from './notes.ts';

/**
 * - `pass`: a switch that Bedrock's Claude models have as well (`anthropic_beta`); models without it drop it
 * - `served`: what it switches on is served here without it, or is no feature of the API
 */
type Treatment = 'pass' | 'served';

const INTERLEAVED_THINKING = 'interleaved-thinking-2025-05-14';

/** Sources: the AnthropicBeta type of @anthropic-ai/sdk; AWS, "Anthropic Claude Messages API", `anthropic_beta`. */
const TABLE: ReadonlyMap<string, Treatment> = new Map<string, Treatment>([
  ['context-1m-2025-08-07', 'pass'],
  ['token-efficient-tools-2025-02-19', 'pass'],
  ['output-128k-2025-02-19', 'pass'],
  ['dev-full-thinking-2025-05-14', 'pass'],
  // The provider asks for it where a model needs it; others refuse it.
  [INTERLEAVED_THINKING, 'served'],
  // Names the program that calls, and nothing else.
  ['claude-code-20250219', 'served'],
  ['messages-2023-12-15', 'served'],
  ['tools-2024-04-04', 'served'],
  ['tools-2024-05-16', 'served'],
  ['prompt-caching-2024-07-31', 'served'],
  ['extended-cache-ttl-2025-04-11', 'served'],
  ['pdfs-2024-09-25', 'served'],
  ['token-counting-2024-11-01', 'served'],
  ['structured-outputs-2025-11-13', 'served'],
  ['effort-2025-11-24', 'served'],
  ['adaptive-thinking-2026-01-28', 'served'],
  ['model-context-window-exceeded-2025-08-26', 'served'],
]);

export interface Betas {
  /** For the upstream, each once. */
  passed: string[];
  /** The client expects thought between two calls of tools. */
  isInterleaved: boolean;
}

export function decodeBetas(header: string | undefined, notes: Pick<Notes, 'drop'>): Betas {
  const flags = new Set((header ?? '').split(',').map((part) => part.trim()));
  const passed: string[] = [];
  for (const flag of flags) {
    if (flag === '') continue;
    const treatment = TABLE.get(flag);
    if (treatment === 'pass') passed.push(flag);
    else if (treatment === undefined) notes.drop(`anthropic-beta.${flag}`);
  }
  return { passed, isInterleaved: flags.has(INTERLEAVED_THINKING) };
}
