// What src/canonical/event.ts promises of every stream, as a check.
import assert from 'node:assert/strict';
import type { ChatEvent } from '../../../src/canonical/event.ts';

const DELTAS: Readonly<Partial<Record<ChatEvent['type'], string>>> = {
  'text-delta': 'text',
  citation: 'text',
  'reasoning-delta': 'reasoning',
  'reasoning-signature': 'reasoning',
  'redacted-reasoning': 'redacted',
  'tool-start': 'tool',
  'tool-delta': 'tool',
};
/** The first event of a block. */
const BEGINNINGS: readonly ChatEvent['type'][] = [
  'text-delta',
  'reasoning-delta',
  'redacted-reasoning',
  'tool-start',
];

/** @throws AssertionError; blocks of a stream that was cut may be open, those of a finished one may not */
export function assertPromises(events: readonly ChatEvent[]): void {
  const kinds: string[] = [];
  const open = new Set<number>();
  const signed = new Set<number>();
  let phase: 'before' | 'blocks' | 'finished' | 'over' = 'before';
  for (const event of events) {
    if (event.type === 'start') {
      assert.equal(phase, 'before', 'start comes once and first');
      phase = 'blocks';
    } else if (event.type === 'finish') {
      assert.equal(phase, 'blocks', 'one finish, after the start');
      assert.equal(open.size, 0, 'every block has ended before the finish');
      phase = 'finished';
    } else if (event.type === 'usage') {
      assert.notEqual(phase, 'over', 'usage comes once');
      phase = 'over';
    } else {
      assert.equal(phase, 'blocks', `${event.type} stands between start and finish`);
      if (event.type === 'block-end') assert.ok(open.delete(event.block), 'only an open block ends, once');
      else if (event.block === kinds.length) {
        assert.ok(BEGINNINGS.includes(event.type), `a block does not begin with ${event.type}`);
        kinds.push(DELTAS[event.type] ?? '');
        open.add(event.block);
      } else {
        assert.ok(open.has(event.block), `${event.type} belongs to an open block`);
        assert.equal(DELTAS[event.type], kinds[event.block], 'a block is of one kind');
        assert.ok(event.type !== 'tool-start' && event.type !== 'redacted-reasoning', 'come once');
      }
      if (event.type === 'reasoning-signature') {
        assert.ok(!signed.has(event.block), 'a thought is signed once');
        signed.add(event.block);
      }
    }
  }
}
