// The deltas of a streamed answer that are not text: tools, reasoning, the finish. Text, which is nearly everything
// that comes, never passes here.
import type { ChatEvent, FinishReason } from '../../../canonical/event.ts';
import type { ToolStyle } from './decode-tools.ts';
import { type ReasoningDetail, ReasoningStream } from './encode-reasoning.ts';
import { ToolStream } from './encode-tool-stream.ts';
import { mapFinishReason, type OpenAiFinishReason } from './map-finish-reason.ts';

export class OtherDeltas {
  readonly #style: ToolStyle;
  readonly #tools: ToolStream;
  readonly #reasoning = new ReasoningStream();

  constructor(style: ToolStyle) {
    this.#style = style;
    this.#tools = new ToolStream(style);
  }

  /** What the event adds to the message, each a delta in JSON; nearly always one or none. */
  encode(event: ChatEvent): string[] {
    switch (event.type) {
      case 'tool-start':
      case 'tool-delta':
        return listOf(this.#tools.encode(event));
      case 'block-end':
        return [...listOf(this.#tools.encode(event)), ...details(this.#reasoning.end(event.block))];
      case 'reasoning-delta':
        this.#reasoning.push(event);
        return event.text === '' ? [] : [JSON.stringify({ reasoning_content: event.text })];
      case 'reasoning-signature':
        this.#reasoning.push(event);
        return [];
      case 'redacted-reasoning':
        return details(this.#reasoning.redacted(event.base64));
      default:
        return [];
    }
  }

  /** What is still open is ended first. */
  finish(reason: FinishReason): { deltas: string[]; word: OpenAiFinishReason } {
    const form = this.#style.isLegacy ? 'function_call' : 'tool_calls';
    return {
      deltas: this.#tools.endAll(),
      word: mapFinishReason(reason, this.#tools.isUsed ? form : null),
    };
  }
}

function listOf(delta: string | null): string[] {
  return delta === null ? [] : [delta];
}

function details(list: readonly ReasoningDetail[]): string[] {
  return list.length === 0 ? [] : [JSON.stringify({ reasoning_details: list })];
}
