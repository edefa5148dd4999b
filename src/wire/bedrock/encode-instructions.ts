// What stands before the conversation: the client's instructions, and the gateway's own.
import type { TextBlock } from '../../canonical/content.ts';
import type { ChatRequest } from '../../canonical/request.ts';
import type { SystemPart } from './converse-body.ts';
import { cachePoint } from './encode-content.ts';
import { type Encoding, isVisible } from './encoding.ts';

/**
 * The gateway's own come last, so that the client's keep their cached prefix. A cache mark on a blank one, which is left
 * out, passes to the one before.
 */
export function instructionsOf(
  { system }: ChatRequest,
  added: readonly string[],
  { dropped }: Encoding,
): TextBlock[] {
  const kept: TextBlock[] = [];
  for (const block of system) {
    const last = kept.at(-1);
    if (isVisible(block.text)) kept.push(block);
    else if (block.cacheAfter !== undefined) {
      if (last === undefined) dropped.add('caching');
      else kept[kept.length - 1] = { ...last, cacheAfter: block.cacheAfter };
    }
  }
  return [...kept, ...added.map((text): TextBlock => ({ kind: 'text', text }))];
}

export function encodeInstruction({ text, cacheAfter }: TextBlock): SystemPart[] {
  return cacheAfter === undefined ? [{ text }] : [{ text }, cachePoint(cacheAfter)];
}
