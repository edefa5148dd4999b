// Tool calls while they are being written: what goes into the deltas of a stream. The SDKs need id, type and name
// exactly once for each call, and indexes that count calls, not blocks. A custom tool is called in the form of a function
// whose arguments are {"input": text}: OpenAI's type of a chunk knows no other form, and its SDK throws on one.
import type { ChatEvent } from '../../../canonical/event.ts';
import type { ToolStyle } from './decode-tools.ts';

type ToolEvent = Extract<ChatEvent, { type: 'tool-start' | 'tool-delta' | 'block-end' }>;

interface OpenCall {
  index: number;
  hasInput: boolean;
}

export class ToolStream {
  readonly #style: ToolStyle;
  readonly #open = new Map<number, OpenCall>();
  #count = 0;

  constructor(style: ToolStyle) {
    this.#style = style;
  }

  /** Has any tool been called? */
  get isUsed(): boolean {
    return this.#count > 0;
  }

  /** The delta that this event makes, as JSON; null: none. */
  encode(event: ToolEvent): string | null {
    if (event.type === 'tool-start') return this.#start(event);
    const call = this.#open.get(event.block);
    if (call === undefined) return null;
    if (event.type === 'block-end') return this.#end(event.block, call);
    if (event.json === '') return null;
    call.hasInput = true;
    return this.#piece(call, event.json);
  }

  /** Ends those that nobody has ended; deltas as JSON. */
  endAll(): string[] {
    return [...this.#open].map(([block, call]) => this.#end(block, call)).filter((delta) => delta !== null);
  }

  #start({ block, id, name }: Extract<ToolEvent, { type: 'tool-start' }>): string | null {
    const index = this.#count;
    this.#count += 1;
    if (this.#style.isLegacy) {
      // There is room for one call, and one was asked for.
      if (index > 0) return null;
      this.#open.set(block, { index, hasInput: false });
      return JSON.stringify({ function_call: { name, arguments: '' } });
    }
    this.#open.set(block, { index, hasInput: false });
    const call = { index, id, type: 'function', function: { name, arguments: '' } };
    return JSON.stringify({ tool_calls: [call] });
  }

  #piece({ index }: OpenCall, text: string): string {
    if (this.#style.isLegacy) return JSON.stringify({ function_call: { arguments: text } });
    return JSON.stringify({ tool_calls: [{ index, function: { arguments: text } }] });
  }

  /** A call without input has an empty object for one: clients parse what they get. */
  #end(block: number, call: OpenCall): string | null {
    this.#open.delete(block);
    return call.hasInput ? null : this.#piece(call, '{}');
  }
}
