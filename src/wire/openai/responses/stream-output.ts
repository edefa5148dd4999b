// The blocks of a streamed answer, each told as an item; they may overlap. The last one is held back at its end until
// the answer goes on or finishes, because only then it shows whether it is complete.
import type { ChatEvent, FinishReason } from '../../../canonical/event.ts';
import type { ItemRules, ItemStatus, OutputItem } from './encode-items.ts';
import { incompleteReason } from './map-finish-reason.ts';
import {
  createCustomItem,
  createFunctionItem,
  createMessageItem,
  createThoughtItem,
  type StreamItem,
  type Tell,
  type TextItem,
  type ThoughtItem,
} from './stream-items.ts';

export type BlockEvent = Exclude<ChatEvent, { type: 'usage' | 'finish' }>;

/** `take` and `finish` return the text to write. */
export interface StreamOutput {
  take(event: BlockEvent): string;
  finish(reason: FinishReason): string;
  /** Those that have been told in whole, in order. */
  items(): OutputItem[];
}

export function createStreamOutput(facts: ItemRules & { exchangeId: string }, tell: Tell): StreamOutput {
  const { exchangeId, customNames } = facts;
  const open = new Map<number, { number: number; item: StreamItem }>();
  const messages = new Map<number, TextItem>();
  const thoughts = new Map<number, ThoughtItem>();
  const tools = new Map<number, TextItem>();
  const done: OutputItem[] = [];
  let count = 0;
  let held: { number: number; item: StreamItem } | null = null;
  /** What the event under way has begun, as text. */
  let opening = '';

  function complete({ number, item }: { number: number; item: StreamItem }, status: ItemStatus): string {
    const whole = item.item(status);
    done[number] = whole;
    return tell('response.output_item.done', `"output_index":${number},"item":${JSON.stringify(whole)}`);
  }

  function begin<T extends StreamItem>(block: number, create: (number: number) => T): T {
    const released = held === null ? '' : complete(held, 'completed');
    held = null;
    const number = count++;
    const item = create(number);
    open.set(block, { number, item });
    opening = released + item.begin();
    return item;
  }

  function known<T extends StreamItem>(
    items: Map<number, T>,
    block: number,
    create: (number: number) => T,
  ): T {
    opening = '';
    const there = items.get(block);
    if (there !== undefined) return there;
    const item = begin(block, create);
    items.set(block, item);
    return item;
  }

  const messageOf = (block: number) =>
    known(messages, block, (number) => createMessageItem({ exchangeId, number }, tell));
  const thoughtOf = (block: number) =>
    known(thoughts, block, (number) => createThoughtItem({ exchangeId, number }, facts, tell));

  function startTool({ block, id: callId, name }: Extract<ChatEvent, { type: 'tool-start' }>): string {
    const create = customNames.has(name) ? createCustomItem : createFunctionItem;
    known(tools, block, (number) => create({ exchangeId, number }, { callId, name }, tell));
    return opening;
  }

  function endBlock(block: number): string {
    const ended = open.get(block);
    if (ended === undefined) return '';
    open.delete(block);
    const text = ended.item.endContent();
    if (ended.number < count - 1) return text + complete(ended, 'completed');
    held = ended;
    return text;
  }

  function take(event: BlockEvent): string {
    switch (event.type) {
      case 'text-delta': {
        const item = messageOf(event.block);
        return opening + item.push(event.text);
      }
      case 'reasoning-delta': {
        const item = thoughtOf(event.block);
        return opening + item.push(event.text);
      }
      case 'reasoning-signature':
        thoughtOf(event.block).sign(event.signature);
        return opening;
      case 'redacted-reasoning':
        thoughtOf(event.block).redact(event.base64);
        return opening;
      case 'tool-start':
        return startTool(event);
      case 'tool-delta':
        return tools.get(event.block)?.push(event.json) ?? '';
      case 'block-end':
        return endBlock(event.block);
      // Citations have no place that this API's clients could read them in.
      case 'citation':
      case 'start':
        return '';
    }
  }

  function finish(reason: FinishReason): string {
    const isCut = incompleteReason(reason) !== null;
    const statusOf = (number: number) => (isCut && number === count - 1 ? 'incomplete' : 'completed');
    let text = '';
    for (const each of open.values()) text += each.item.endContent() + complete(each, statusOf(each.number));
    open.clear();
    if (held !== null) text += complete(held, statusOf(held.number));
    held = null;
    return text;
  }

  return { take, finish, items: () => done.filter((item) => item !== undefined) };
}
