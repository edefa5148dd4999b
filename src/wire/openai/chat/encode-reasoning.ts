// What the model thought, in a form that a client can give back. OpenAI's shapes have no place for it, so this is an
// extension, with the member names that other gateways use: `reasoning_details`, read again by `decode-reasoning.ts`.
import type { AnswerBlock } from '../../../canonical/content.ts';
import type { ChatEvent } from '../../../canonical/event.ts';

/** `index` counts the details of one answer. A client gives them back as they are. */
export type ReasoningDetail =
  | { type: 'reasoning.text'; text: string; signature: string; index: number }
  /** Base64. */
  | { type: 'reasoning.encrypted'; data: string; index: number };

/** Only what must come back unchanged: text without a signature is no more than `reasoning_content` says. */
export function encodeReasoning(content: readonly AnswerBlock[]): ReasoningDetail[] {
  const details: ReasoningDetail[] = [];
  for (const block of content) {
    const index = details.length;
    if (block.kind === 'redacted-reasoning')
      details.push({ type: 'reasoning.encrypted', data: block.base64, index });
    else if (block.kind === 'reasoning' && block.signature !== null)
      details.push({ type: 'reasoning.text', text: block.text, signature: block.signature, index });
  }
  return details;
}

/** Collects a streamed answer's details. */
export class ReasoningStream {
  readonly #open = new Map<number, { text: string; signature: string | null }>();
  readonly #details: ReasoningDetail[] = [];

  push(event: Extract<ChatEvent, { type: 'reasoning-delta' | 'reasoning-signature' }>): void {
    const block = this.#open.get(event.block) ?? { text: '', signature: null };
    this.#open.set(event.block, block);
    if (event.type === 'reasoning-delta') block.text += event.text;
    else block.signature = event.signature;
  }

  /** A whole block: all details so far. */
  redacted(data: string): readonly ReasoningDetail[] {
    this.#details.push({ type: 'reasoning.encrypted', data, index: this.#details.length });
    return this.#details;
  }

  /**
   * All details so far, or none if this block adds none. All, because the SDK's stream helper keeps only the last
   * value of a member that it does not know.
   */
  end(block: number): readonly ReasoningDetail[] {
    const ended = this.#open.get(block);
    this.#open.delete(block);
    if (ended === undefined || ended.signature === null) return [];
    const { text, signature } = ended;
    this.#details.push({ type: 'reasoning.text', text, signature, index: this.#details.length });
    return this.#details;
  }
}
