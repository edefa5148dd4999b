// Events -> what was said, for the record and for answers that are wanted whole. Imports only its neighbours.
import type { AnswerBlock, JsonObject } from './content.ts';
import type { ChatEvent } from './event.ts';

interface Draft {
  kind: AnswerBlock['kind'];
  /** Text, reasoning, a tool's JSON, or base64. */
  text: string;
  id: string;
  name: string;
  signature: string | null;
  citations: JsonObject[];
}

/** Whatever has arrived can be asked for at any moment: an answer that was cut is one, too. */
export class AnswerCollector {
  /** All text of the answer; not what it thought or asked tools for. */
  text = '';
  /** Characters of everything that was produced. */
  size = 0;
  readonly #drafts: Draft[] = [];

  push(event: ChatEvent): void {
    switch (event.type) {
      case 'text-delta':
        this.text += event.text;
        this.#add('text', event.block, event.text);
        break;
      case 'reasoning-delta':
        this.#add('reasoning', event.block, event.text);
        break;
      case 'reasoning-signature':
        this.#draft('reasoning', event.block).signature = event.signature;
        break;
      case 'redacted-reasoning':
        this.#add('redacted-reasoning', event.block, event.base64);
        break;
      case 'tool-start':
        Object.assign(this.#draft('tool-use', event.block), { id: event.id, name: event.name });
        break;
      case 'tool-delta':
        this.#add('tool-use', event.block, event.json);
        break;
      case 'citation':
        this.#draft('text', event.block).citations.push(event.citation);
        break;
      case 'start':
      case 'block-end':
      case 'finish':
      case 'usage':
        break;
    }
  }

  /** An answer that came whole. */
  take(blocks: readonly AnswerBlock[]): void {
    for (const [block, content] of blocks.entries())
      for (const event of eventsOf(content, block)) this.push(event);
  }

  /** Bytes (UTF-8) of everything that was produced. */
  get bytes(): number {
    return this.#drafts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  }

  /** In the order in which the blocks began. A tool's input that is not JSON (yet) is an empty one. */
  blocks(): AnswerBlock[] {
    return this.#drafts.filter((draft) => draft !== undefined).map(toBlock);
  }

  /** Is there anything but text in it? */
  get hasMoreThanText(): boolean {
    return this.#drafts.some((draft) => draft !== undefined && draft.kind !== 'text');
  }

  #add(kind: AnswerBlock['kind'], block: number, text: string): void {
    this.size += text.length;
    this.#draft(kind, block).text += text;
  }

  #draft(kind: AnswerBlock['kind'], block: number): Draft {
    const known = this.#drafts[block];
    if (known !== undefined) return known;
    const draft: Draft = { kind, text: '', id: '', name: '', signature: null, citations: [] };
    this.#drafts[block] = draft;
    return draft;
  }
}

/** The events that a whole block is, `block-end` included. */
export function eventsOf(content: AnswerBlock, block: number): ChatEvent[] {
  const end: ChatEvent = { type: 'block-end', block };
  switch (content.kind) {
    case 'text': {
      const citations = (content.citations ?? []).map(
        (citation): ChatEvent => ({ type: 'citation', block, citation }),
      );
      return [{ type: 'text-delta', block, text: content.text }, ...citations, end];
    }
    case 'reasoning': {
      const delta: ChatEvent = { type: 'reasoning-delta', block, text: content.text };
      const { signature } = content;
      return signature === null
        ? [delta, end]
        : [delta, { type: 'reasoning-signature', block, signature }, end];
    }
    case 'redacted-reasoning':
      return [{ type: 'redacted-reasoning', block, base64: content.base64 }, end];
    case 'tool-use':
      return [
        { type: 'tool-start', block, id: content.id, name: content.name },
        { type: 'tool-delta', block, json: JSON.stringify(content.input) },
        end,
      ];
  }
}

function toBlock({ kind, text, id, name, signature, citations }: Draft): AnswerBlock {
  switch (kind) {
    case 'text':
      return citations.length > 0 ? { kind, text, citations } : { kind, text };
    case 'reasoning':
      return { kind, text, signature };
    case 'redacted-reasoning':
      return { kind, base64: text };
    case 'tool-use':
      return { kind, id, name, input: parseInput(text) };
  }
}

function parseInput(json: string): JsonObject {
  try {
    const input: unknown = JSON.parse(json);
    // A parsed object has string keys and values we know nothing of.
    return typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as JsonObject) : {};
  } catch {
    return {};
  }
}
