// Calls of tools and their results, as blocks of a conversation.
import type { ToolResultBlock, ToolResultContent, ToolUseBlock } from '../../canonical/content.ts';
import { invalidType, notOneOf } from '../refusals.ts';
import { decodeCacheControl } from './decode-cache-control.ts';
import { decodeDocument, decodeImage, decodeSearchResult } from './decode-media.ts';
import { decodeText } from './decode-text.ts';
import { Fields } from './fields.ts';
import type { Notes } from './notes.ts';

/** `caller` and `toolset_name` belong to tools that are not served: they say nothing about one that is. */
export function decodeToolUse(block: Fields, notes: Notes): ToolUseBlock {
  return {
    kind: 'tool-use',
    id: block.visibleText('id'),
    name: block.visibleText('name'),
    input: block.json('input'),
    ...decodeCacheControl(block, notes),
  };
}

export function decodeToolResult(block: Fields, notes: Notes): ToolResultBlock {
  const content = decodeContent(block, notes);
  // Bedrock has no cache point inside a result: one in it stands for the end of all of it.
  const inner = content.findLast(({ cacheAfter }) => cacheAfter !== undefined)?.cacheAfter;
  return {
    kind: 'tool-result',
    toolUseId: block.visibleText('tool_use_id'),
    content: content.map(({ cacheAfter: _moved, ...part }) => part),
    // Absent is what most clients mean by success; a model that knows no errors need not hear of it.
    isError: block.flag('is_error'),
    path: block.path,
    ...(inner !== undefined && { cacheAfter: inner }),
    ...decodeCacheControl(block, notes),
  };
}

type Reader = (part: Fields, notes: Notes) => ToolResultContent;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['text', decodeText],
  ['image', decodeImage],
  ['document', decodeDocument],
  ['search_result', decodeSearchResult],
]);

/** What a search for tools found: every tool is before the model already, since `defer_loading` has no effect. */
const DROPPED = 'tool_reference';

function decodeContent(block: Fields, notes: Notes): ToolResultContent[] {
  const content = block.raw('content') ?? [];
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  if (!Array.isArray(content))
    throw invalidType(block.at('content'), 'one of a string or an array', `a ${typeof content}`);
  return content.flatMap((value, index) => {
    const part = new Fields(value, `${block.at('content')}.${index}`);
    const type = part.text('type');
    if (type === DROPPED) {
      notes.drop(DROPPED);
      return [];
    }
    const read = READERS.get(type);
    if (read === undefined) throw notOneOf(part.at('type'), type, [...READERS.keys()]);
    return [read(part, notes)];
  });
}
