// Tool calls and their results: all results of one turn stand first in the very next message, every call has one,
// and both carry the id that the upstream takes. Bedrock refuses a conversation that is otherwise.
import type { ContentBlock, ToolResultBlock } from '../../canonical/content.ts';
import { Refusal } from '../../canonical/refusal.ts';
import type { Draft } from './merge-turns.ts';
import { createToolIds, type ToolIds } from './tool-ids.ts';

interface OpenCall {
  clientId: string;
  id: string;
}

export interface PairedDrafts {
  drafts: Draft[];
  /** Upstream's id -> the client's, where they differ. */
  toolIds: ReadonlyMap<string, string>;
}

/** Ids in the result are the upstream's. @throws Refusal `invalid_value` for a call or a result that stands alone */
export function pairTools(drafts: readonly Draft[], { shortIds }: { shortIds: boolean }): PairedDrafts {
  const ids = createToolIds(clientIds(drafts), shortIds);
  const paired: Draft[] = [];
  let open: OpenCall[] = [];
  for (const { role, blocks } of drafts) {
    const answered = takeResults(blocks, open);
    refuseUnanswered(open);
    const called = openCalls(answered.others, ids);
    open = called.open;
    paired.push({ role, blocks: [...answered.results, ...called.blocks] });
  }
  refuseUnanswered(open);
  return { drafts: paired, toolIds: ids.aliases };
}

/** Whether the conversation speaks of tools at all. */
export function toolNamesIn(drafts: readonly { blocks: readonly ContentBlock[] }[]): string[] {
  const names = drafts.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'tool-use' ? [block.name] : [])),
  );
  return [...new Set(names)];
}

function clientIds(drafts: readonly Draft[]): string[] {
  return drafts.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'tool-use' ? [block.id] : [])),
  );
}

/** Results are taken off `open`; clients that use one id twice in a turn have them answered in their order. */
function takeResults(blocks: readonly ContentBlock[], open: OpenCall[]) {
  const results: ToolResultBlock[] = [];
  const others: ContentBlock[] = [];
  for (const block of blocks) {
    if (block.kind !== 'tool-result') {
      others.push(block);
      continue;
    }
    const index = open.findIndex(({ clientId }) => clientId === block.toolUseId);
    const [call] = index < 0 ? [] : open.splice(index, 1);
    if (call === undefined) throw orphan(block);
    results.push({ ...block, toolUseId: call.id });
  }
  return { results, others };
}

function openCalls(blocks: readonly ContentBlock[], ids: ToolIds) {
  const open: OpenCall[] = [];
  const encoded = blocks.map((block): ContentBlock => {
    if (block.kind !== 'tool-use') return block;
    const id = ids.next(block.id);
    open.push({ clientId: block.id, id });
    return { ...block, id };
  });
  return { open, blocks: encoded };
}

function refuseUnanswered(open: readonly OpenCall[]): void {
  if (open.length === 0) return;
  const list = open.map(({ clientId }) => clientId.slice(0, 64)).join(', ');
  const message =
    'Every tool call must be followed by messages that answer it. ' +
    `The following tool_call_ids did not have response messages: ${list}`;
  throw new Refusal('invalid_value', message, { param: 'messages' });
}

function orphan({ toolUseId, path }: ToolResultBlock): Refusal {
  const message =
    'A tool result must answer a tool call of the assistant turn just before it. ' +
    `There is no such call with the id '${toolUseId.slice(0, 64)}'.`;
  return new Refusal('invalid_value', message, { param: path });
}
