// The blocks of a streamed answer: begin, deltas, end. The house's blocks may overlap and the dialect's may not, so what
// belongs to another block than the open one waits for its turn. It runs once per token of every stream: a delta costs
// one JSON.stringify of its text.
import type { AnswerBlock } from '../../canonical/content.ts';
import type { ChatEvent } from '../../canonical/event.ts';
import { encodeEmptyBlock } from './encode-blocks.ts';
import { encodeCitation } from './encode-citation.ts';
import { writeEvent } from './write-event.ts';

export type BlockEvent = Exclude<ChatEvent, { type: 'start' | 'finish' | 'usage' }>;

export function createBlockWriter() {
  /** The house's number of the open block. */
  let open: number | undefined;
  /** The dialect's number of the open block; of the next one if none is open. */
  let index = 0;
  /** By the house's number, in the order of their first event. */
  const waiting = new Map<number, BlockEvent[]>();

  function write(event: BlockEvent): string {
    if (open !== undefined && open !== event.block) {
      waiting.set(event.block, [...(waiting.get(event.block) ?? []), event]);
      return '';
    }
    if (event.type !== 'block-end') return (open === undefined ? begin(event) : '') + delta(event);
    // A block of which nothing was told has not begun.
    return open === undefined ? '' : close() + takeNext();
  }

  function begin(event: Exclude<BlockEvent, { type: 'block-end' }>): string {
    open = event.block;
    return writeEvent('content_block_start', { index, content_block: encodeEmptyBlock(beginningOf(event)) });
  }

  function delta(event: BlockEvent): string {
    const said = deltaOf(event);
    if (said === '') return '';
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":${said}}\n\n`;
  }

  function close(): string {
    const text = writeEvent('content_block_stop', { index });
    open = undefined;
    index += 1;
    return text;
  }

  function takeNext(): string {
    const [next] = waiting;
    if (next === undefined) return '';
    const [block, events] = next;
    waiting.delete(block);
    return events.map(write).join('');
  }

  return {
    write,
    /** Ends whatever the upstream left open. */
    end(): string {
      let text = '';
      while (open !== undefined || waiting.size > 0) text += (open === undefined ? '' : close()) + takeNext();
      return text;
    },
  };
}

function beginningOf(event: Exclude<BlockEvent, { type: 'block-end' }>): AnswerBlock {
  switch (event.type) {
    case 'text-delta':
    case 'citation':
      return { kind: 'text', text: '' };
    case 'reasoning-delta':
    case 'reasoning-signature':
      return { kind: 'reasoning', text: '', signature: null };
    case 'redacted-reasoning':
      return { kind: 'redacted-reasoning', base64: event.base64 };
    case 'tool-start':
      return { kind: 'tool-use', id: event.id, name: event.name, input: {} };
    case 'tool-delta':
      // Never happens: a tool's block begins with its start.
      return { kind: 'tool-use', id: '', name: '', input: {} };
  }
}

/** The delta's JSON; empty: the event says nothing more than that its block is there. */
function deltaOf(event: BlockEvent): string {
  switch (event.type) {
    case 'text-delta':
      return event.text === '' ? '' : `{"type":"text_delta","text":${JSON.stringify(event.text)}}`;
    case 'reasoning-delta':
      return event.text === '' ? '' : `{"type":"thinking_delta","thinking":${JSON.stringify(event.text)}}`;
    case 'reasoning-signature':
      return `{"type":"signature_delta","signature":${JSON.stringify(event.signature)}}`;
    case 'tool-delta':
      return event.json === ''
        ? ''
        : `{"type":"input_json_delta","partial_json":${JSON.stringify(event.json)}}`;
    case 'citation': {
      const citation = encodeCitation(event.citation);
      return citation === null ? '' : JSON.stringify({ type: 'citations_delta', citation });
    }
    case 'tool-start':
    case 'redacted-reasoning':
    case 'block-end':
      return '';
  }
}
