// One item of a streamed answer: what is told when it begins, goes on and ends. It builds the same item in the end as
// `encode-items.ts` does from a whole block.

import {
  type CustomToolCallItem,
  type FunctionCallItem,
  type ItemRules,
  type ItemStatus,
  itemId,
  type MessageItem,
  type OutputItem,
  outputText,
  reasoningItem,
} from './encode-items.ts';
import type { Thought } from './encrypted-content.ts';
import { type CustomInputReader, createCustomInputReader } from './read-custom-input.ts';

/** Writes one event; `members` is the inside of its JSON object, without `type` and `sequence_number`. */
export type Tell = (type: string, members: string) => string;

/** Each method returns the text to write. */
export interface StreamItem {
  begin(): string;
  /** The block has ended: all of it is told but the item itself, whose status may not be known yet. */
  endContent(): string;
  /** To be called after `endContent`. */
  item(status: ItemStatus): OutputItem;
}

export interface TextItem extends StreamItem {
  push(text: string): string;
}

export interface Place {
  exchangeId: string;
  /** The number of the block, which is the index of the item. */
  number: number;
}

export function createMessageItem({ exchangeId, number }: Place, tell: Tell): TextItem {
  const id = itemId('message', exchangeId, number);
  const part = `"item_id":${JSON.stringify(id)},"output_index":${number},"content_index":0`;
  let text = '';
  const message = (status: ItemStatus, content: MessageItem['content']): MessageItem => {
    return { id, type: 'message', status, role: 'assistant', content };
  };
  return {
    begin: () =>
      added(tell, number, message('in_progress', [])) +
      tell('response.content_part.added', `${part},"part":${JSON.stringify(outputText(''))}`),
    push(delta) {
      if (delta === '') return '';
      text += delta;
      return tell('response.output_text.delta', `${part},"delta":${JSON.stringify(delta)},"logprobs":[]`);
    },
    endContent: () =>
      tell('response.output_text.done', `${part},"text":${JSON.stringify(text)},"logprobs":[]`) +
      tell('response.content_part.done', `${part},"part":${JSON.stringify(outputText(text))}`),
    item: (status) => message(status, [outputText(text)]),
  };
}

export interface ThoughtItem extends TextItem {
  sign(signature: string): void;
  redact(base64: string): void;
}

/** The summary begins with the first text: what may not be read has none. */
export function createThoughtItem({ exchangeId, number }: Place, rules: ItemRules, tell: Tell): ThoughtItem {
  const id = itemId('reasoning', exchangeId, number);
  const part = `"item_id":${JSON.stringify(id)},"output_index":${number},"summary_index":0`;
  const summary = (text: string) => JSON.stringify({ type: 'summary_text', text });
  let text = '';
  let signature: string | null = null;
  let redacted: string | null = null;
  const thought = (): Thought =>
    redacted === null
      ? { kind: 'reasoning', text, signature }
      : { kind: 'redacted-reasoning', base64: redacted };
  return {
    begin: () => added(tell, number, { id, type: 'reasoning', status: 'in_progress', summary: [] }),
    push(delta) {
      if (delta === '') return '';
      const opening =
        text === '' ? tell('response.reasoning_summary_part.added', `${part},"part":${summary('')}`) : '';
      text += delta;
      return (
        opening + tell('response.reasoning_summary_text.delta', `${part},"delta":${JSON.stringify(delta)}`)
      );
    },
    sign(given) {
      signature = given;
    },
    redact(base64) {
      redacted = (redacted ?? '') + base64;
    },
    endContent() {
      if (text === '') return '';
      return (
        tell('response.reasoning_summary_text.done', `${part},"text":${JSON.stringify(text)}`) +
        tell('response.reasoning_summary_part.done', `${part},"part":${summary(text)}`)
      );
    },
    item: (status) => reasoningItem(id, status, thought(), rules),
  };
}

export interface Called {
  /** As the client knows them. */
  callId: string;
  name: string;
}

export function createFunctionItem(
  { exchangeId, number }: Place,
  { callId, name }: Called,
  tell: Tell,
): TextItem {
  const id = itemId('function_call', exchangeId, number);
  const at = `"item_id":${JSON.stringify(id)},"output_index":${number}`;
  let json = '';
  const call = (status: ItemStatus, args: string): FunctionCallItem => {
    return { id, type: 'function_call', status, call_id: callId, name, arguments: args };
  };
  const push = (delta: string) => {
    if (delta === '') return '';
    json += delta;
    return tell('response.function_call_arguments.delta', `${at},"delta":${JSON.stringify(delta)}`);
  };
  return {
    begin: () => added(tell, number, call('in_progress', '')),
    push,
    endContent() {
      // Without arguments clients are still to find JSON.
      const empty = json === '' ? push('{}') : '';
      const done = `${at},"name":${JSON.stringify(name)},"arguments":${JSON.stringify(json)}`;
      return empty + tell('response.function_call_arguments.done', done);
    },
    item: (status) => call(status, json),
  };
}

export function createCustomItem(
  { exchangeId, number }: Place,
  { callId, name }: Called,
  tell: Tell,
): TextItem {
  const id = itemId('custom_tool_call', exchangeId, number);
  const at = `"item_id":${JSON.stringify(id)},"output_index":${number}`;
  const reader: CustomInputReader = createCustomInputReader();
  let whole = '';
  const call = (status: ItemStatus, input: string): CustomToolCallItem => {
    return { id, type: 'custom_tool_call', status, call_id: callId, name, input };
  };
  const delta = (text: string) =>
    text === '' ? '' : tell('response.custom_tool_call_input.delta', `${at},"delta":${JSON.stringify(text)}`);
  return {
    begin: () => added(tell, number, call('in_progress', '')),
    push: (json) => delta(reader.push(json)),
    endContent() {
      const { rest, input } = reader.end();
      whole = input;
      return (
        delta(rest) + tell('response.custom_tool_call_input.done', `${at},"input":${JSON.stringify(input)}`)
      );
    },
    item: (status) => call(status, whole),
  };
}

function added(tell: Tell, number: number, item: OutputItem): string {
  return tell('response.output_item.added', `"output_index":${number},"item":${JSON.stringify(item)}`);
}
