// The content blocks of one ConverseStream answer -> ChatEvents. Text and reasoning are not announced, so they open
// with their first delta; whatever is still open at the end is closed. Blocks without a word here are skipped.
import type { ChatEvent } from '../../canonical/event.ts';
import { joinBase64 } from './base64.ts';
import type { Produced } from './decode-finish.ts';
import { decodeToolCall } from './decode-tool-call.ts';
import { JsonExtractor } from './extract-json.ts';
import { asCount, asRecord, asText } from './json.ts';
import type { Reading } from './reading.ts';

type Payload = Record<string, unknown>;

interface OpenBlock {
  /** `answer`: a tool whose input is the answer's text. */
  kind: 'text' | 'reasoning' | 'redacted' | 'tool' | 'answer' | 'skipped';
  /** As the house counts; -1 until its first event. */
  block: number;
  /** A tool's input so far, a reasoning's signature. */
  held: string;
  base64: string[];
  json: JsonExtractor | null;
}

export class BlockDecoder {
  readonly #reading: Reading;
  /** By `contentBlockIndex`, which has gaps and may be used again. */
  readonly #open = new Map<number, OpenBlock>();
  readonly #tools: OpenBlock[] = [];
  #count = 0;
  #hasText = false;
  #hasAnswered = false;
  /** What a model says before it fills in the form of its answer is not a part of it; it is if no form follows. */
  #preface: string | null;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#preface = reading.answerTool === null ? null : '';
  }

  get produced(): Produced {
    return { hasText: this.#hasText, inputs: this.#tools.map(({ held }) => held) };
  }

  start(payload: Payload, out: ChatEvent[]): void {
    const start = asRecord(payload.start);
    const kind = start === null ? undefined : Object.keys(start)[0];
    if (kind === undefined) return;
    const index = indexOf(payload);
    this.#close(index, out);
    const call = decodeToolCall(start?.toolUse, this.#reading, this.#count);
    if (call.kind === 'call') {
      const tool = this.#begin('tool', index);
      this.#tools.push(tool);
      out.push({ type: 'tool-start', block: this.#number(tool), id: call.id, name: call.name });
    } else if (call.kind === 'answer' && !this.#hasAnswered) {
      this.#hasAnswered = true;
      this.#begin('answer', index);
    } else {
      this.#begin('skipped', index);
    }
  }

  /** Runs for every token: a delta of text costs a look-up and its event. */
  delta(payload: Payload, out: ChatEvent[]): void {
    const delta = asRecord(payload.delta);
    if (delta === null) return;
    const index = indexOf(payload);
    const open = this.#open.get(index);
    if (open?.kind === 'skipped') return;
    const { text } = delta;
    if (typeof text === 'string') this.#text(index, open, text, out);
    else if (delta.toolUse !== undefined)
      this.#input(open, asText(asRecord(delta.toolUse)?.input) ?? '', out);
    else if (delta.reasoningContent !== undefined)
      this.#reasoning(index, asRecord(delta.reasoningContent) ?? {}, out);
    else if (delta.citation !== undefined) this.#citation(index, delta.citation, out);
  }

  stop(payload: Payload, out: ChatEvent[]): void {
    this.#close(indexOf(payload), out);
  }

  /** To be called before the finish. */
  end(out: ChatEvent[]): void {
    for (const index of [...this.#open.keys()]) this.#close(index, out);
    const preface = this.#preface;
    this.#preface = null;
    if (preface === null || preface === '' || this.#hasAnswered) return;
    this.#text(0, undefined, preface, out);
    this.#close(0, out);
  }

  #text(index: number, open: OpenBlock | undefined, text: string, out: ChatEvent[]): void {
    if (text === '') return;
    if (this.#preface !== null) {
      this.#preface += text;
      return;
    }
    const spoken = open?.kind === 'text' ? open : this.#replace('text', index, out);
    this.#say(spoken, spoken.json === null ? text : spoken.json.push(text), out);
  }

  #say(open: OpenBlock, text: string, out: ChatEvent[]): void {
    if (text === '') return;
    this.#hasText = true;
    out.push({ type: 'text-delta', block: this.#number(open), text });
  }

  /** The first fragment of a tool's input is often empty. Input without a start belongs to nothing. */
  #input(open: OpenBlock | undefined, json: string, out: ChatEvent[]): void {
    if (json === '' || open === undefined) return;
    if (open.kind === 'answer') this.#say(open, json, out);
    else if (open.kind === 'tool') out.push({ type: 'tool-delta', block: open.block, json });
    open.held += json;
  }

  #reasoning(index: number, content: Payload, out: ChatEvent[]): void {
    const redacted = asText(content.redactedContent);
    if (redacted !== null) {
      this.#as('redacted', index, out).base64.push(redacted);
      return;
    }
    const text = asText(content.text) ?? '';
    const signature = asText(content.signature) ?? '';
    if (text === '' && signature === '') return;
    const open = this.#as('reasoning', index, out);
    open.held += signature;
    // Thought that may not be seen is a signature alone; its block begins all the same.
    if (text !== '' || open.block < 0) out.push({ type: 'reasoning-delta', block: this.#number(open), text });
  }

  #citation(index: number, value: unknown, out: ChatEvent[]): void {
    const citation = asRecord(value);
    if (citation === null || this.#preface !== null) return;
    const open = this.#as('text', index, out);
    if (open.block < 0) out.push({ type: 'text-delta', block: this.#number(open), text: '' });
    out.push({ type: 'citation', block: open.block, citation });
  }

  #as(kind: OpenBlock['kind'], index: number, out: ChatEvent[]): OpenBlock {
    const open = this.#open.get(index);
    return open?.kind === kind ? open : this.#replace(kind, index, out);
  }

  /** Some models change from thought to speech without a stop between. */
  #replace(kind: OpenBlock['kind'], index: number, out: ChatEvent[]): OpenBlock {
    this.#close(index, out);
    return this.#begin(kind, index);
  }

  #begin(kind: OpenBlock['kind'], index: number): OpenBlock {
    const json = kind === 'text' && this.#reading.extractsJson ? new JsonExtractor() : null;
    const open: OpenBlock = { kind, block: -1, held: '', base64: [], json };
    this.#open.set(index, open);
    return open;
  }

  #number(open: OpenBlock): number {
    if (open.block < 0) open.block = this.#count++;
    return open.block;
  }

  #close(index: number, out: ChatEvent[]): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    const { kind, held, json } = open;
    if (kind === 'text' && json !== null) this.#say(open, json.end(), out);
    else if (kind === 'answer' && held === '') this.#say(open, '{}', out);
    else if (kind === 'reasoning' && held !== '')
      out.push({ type: 'reasoning-signature', block: open.block, signature: held });
    else if (kind === 'redacted')
      // Nobody can see a part of it: it begins when it is whole.
      out.push({ type: 'redacted-reasoning', block: this.#number(open), base64: joinBase64(open.base64) });
    if (open.block >= 0) out.push({ type: 'block-end', block: open.block });
  }
}

function indexOf(payload: Payload): number {
  return asCount(payload.contentBlockIndex) ?? 0;
}
