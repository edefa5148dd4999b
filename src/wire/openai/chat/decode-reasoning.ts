// What the model thought earlier, as `encode-reasoning.ts` gave it to the client; it must go back unchanged.
import type { ReasoningBlock, RedactedReasoningBlock } from '../../../canonical/content.ts';
import { normaliseBase64 } from '../../base64.ts';
import { invalidValue, missingParameter } from '../../refusals.ts';
import type { ChatMessage, ReasoningDetail } from './schema-messages.ts';

type Thought = ReasoningBlock | RedactedReasoningBlock;

/**
 * `reasoning_details` hold the whole truth; `reasoning_content`, which has no signature, counts only without them.
 *
 * @param path of the message
 * @param drop takes `reasoning_details` where another gateway's kinds of them are left out
 * @throws Refusal with the path of a detail that is not whole
 */
export function decodeReasoning(message: ChatMessage, path: string, drop: (name: string) => void): Thought[] {
  const details = message.reasoning_details ?? [];
  if (details.length === 0) {
    const text = message.reasoning_content ?? '';
    return text === '' ? [] : [{ kind: 'reasoning', text, signature: null }];
  }
  const thoughts = new Map<number, Thought>();
  for (const [position, detail] of details.entries()) {
    const thought = decodeDetail(detail, `${path}.reasoning_details[${position}]`);
    if (thought === null) drop('reasoning_details');
    // Streams tell the list so far with each block: who appended them all has some twice.
    else thoughts.set(detail.index ?? details.length + position, thought);
  }
  return [...thoughts.values()];
}

function decodeDetail(detail: ReasoningDetail, path: string): Thought | null {
  switch (detail.type) {
    case 'reasoning.text':
      return { kind: 'reasoning', text: detail.text ?? '', signature: detail.signature ?? null };
    case 'reasoning.encrypted': {
      if (detail.data === undefined || detail.data === null) throw missingParameter(`${path}.data`);
      const base64 = normaliseBase64(detail.data);
      if (base64 === null) throw invalidValue(`${path}.data`, 'expected base64, as it was given');
      return { kind: 'redacted-reasoning', base64 };
    }
    default:
      return null;
  }
}
