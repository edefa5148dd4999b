import t from 'tap';
import {
  blockStop,
  blocksOf,
  finishOf,
  input,
  part,
  read,
  type Sent,
  START,
  stop,
  text,
  thought,
  toolStart,
} from './sent.ts';

const end = (block: number) => ({ type: 'block-end', block });
const said = (words: string, block = 0) => ({ type: 'text-delta', block, text: words });
const call = { toolUseId: 'tooluse_1', name: 'search' };
const called = { type: 'tool-start', block: 0, id: 'tooluse_1', name: 'search' };

t.test('a tool is announced, its input comes in pieces, and the empty ones are left out', async (t) => {
  t.same(blocksOf([toolStart(call), input(''), input('{"q"'), input(':1}'), blockStop()]), [
    called,
    { type: 'tool-delta', block: 0, json: '{"q"' },
    { type: 'tool-delta', block: 0, json: ':1}' },
    end(0),
  ]);
  t.same(blocksOf([toolStart(call), blockStop()]), [called, end(0)], 'without arguments');
});

t.test('blocks are counted without gaps, whatever the upstream calls them', async (t) => {
  const events = blocksOf([
    ...[text('Let me see.', 0), blockStop(0), toolStart(call, 1), input('{}', 1), blockStop(1)],
    ...[toolStart({ toolUseId: 'tooluse_2', name: 'fetch' }, 3), input('{"u":2}', 3), blockStop(3)],
  ]);
  t.same(
    events.map((event) => ('block' in event ? `${event.type} ${event.block}` : event.type)),
    [
      ...['text-delta 0', 'block-end 0', 'tool-start 1', 'tool-delta 1', 'block-end 1'],
      ...['tool-start 2', 'tool-delta 2', 'block-end 2'],
    ],
  );
});

t.test('blocks that overlap stay apart', async (t) => {
  t.same(
    blocksOf([toolStart(call, 5), text('a', 2), input('{', 5), text('b', 2), input('}', 5), blockStop(5)]),
    [
      called,
      said('a', 1),
      { type: 'tool-delta', block: 0, json: '{' },
      said('b', 1),
      { type: 'tool-delta', block: 0, json: '}' },
      end(0),
      end(1),
    ],
  );
});

t.test('a block that the upstream never ends is ended before the finish', async (t) => {
  t.same(blocksOf([thought({ text: 'hm' }), text('a', 1), toolStart(call, 2)]).slice(-3), [
    end(0),
    end(1),
    end(2),
  ]);
});

t.test('a model that speaks on in the block of its thought begins a new block', async (t) => {
  t.same(blocksOf([thought({ text: 'hm' }), text('a'), text('b')]), [
    { type: 'reasoning-delta', block: 0, text: 'hm' },
    end(0),
    said('a', 1),
    said('b', 1),
    end(1),
  ]);
});

t.test('the signature of a thought comes once, whole, before its end', async (t) => {
  const signed = [
    thought({ signature: 'c2ln' }),
    thought({ text: 'b' }),
    thought({ text: '', signature: 'bmF0' }),
  ];
  t.same(blocksOf([thought({ text: 'a' }), ...signed, blockStop()]), [
    { type: 'reasoning-delta', block: 0, text: 'a' },
    { type: 'reasoning-delta', block: 0, text: 'b' },
    { type: 'reasoning-signature', block: 0, signature: 'c2lnbmF0' },
    end(0),
  ]);
});

t.test('a thought that may not be seen is a block with an empty text and a signature', async (t) => {
  t.same(blocksOf([thought({ text: '' }), thought({ signature: 's' }), blockStop(), text('a', 1)]), [
    { type: 'reasoning-delta', block: 0, text: '' },
    { type: 'reasoning-signature', block: 0, signature: 's' },
    end(0),
    said('a', 1),
    end(1),
  ]);
  t.same(blocksOf([thought({ text: '' }), blockStop()]), [], 'and nothing without one');
});

t.test('a redacted thought is one block with all its bytes, however many deltas it took', async (t) => {
  const whole = Buffer.from('nobody may read this');
  const pieces = [whole.subarray(0, 4), whole.subarray(4, 5), whole.subarray(5)];
  const sent = pieces.map((piece) => thought({ redactedContent: piece.toString('base64') }));
  const redacted = (base64: string) => [{ type: 'redacted-reasoning', block: 0, base64 }, end(0)];
  t.same(blocksOf([...sent, blockStop()]), redacted(whole.toString('base64')));
  t.same(blocksOf([thought({ redactedContent: 'AAB=' })]), redacted('AAB='), 'one piece keeps its spelling');
});

t.test('a citation belongs to the text it stands in, which it may begin', async (t) => {
  const citation = { title: 'Report', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } };
  t.same(blocksOf([text('a'), part({ citation }), text('b'), part({ citation }), blockStop()]), [
    said('a'),
    { type: 'citation', block: 0, citation },
    said('b'),
    { type: 'citation', block: 0, citation },
    end(0),
  ]);
  t.same(blocksOf([part({ citation })]), [said(''), { type: 'citation', block: 0, citation }, end(0)]);
});

t.test('what the upstream runs or shows by itself is skipped with all that is in it', async (t) => {
  const served = toolStart({ ...call, type: 'server_tool_use' });
  t.same(blocksOf([served, input('{"q":1}'), blockStop(), text('a', 1)]), [said('a'), end(0)]);
  for (const start of [
    { image: { format: 'png' } },
    { toolResult: { toolUseId: 't' } },
    { somethingNew: 1 },
  ]) {
    const sent: Sent = ['contentBlockStart', { contentBlockIndex: 0, start }];
    t.same(blocksOf([sent, part({ toolResult: [{ text: 'x' }] }), text('x'), blockStop(), text('a')]), [
      said('a'),
      end(0),
    ]);
  }
  t.same(blocksOf([toolStart({ toolUseId: 't' }), input('{}')]), [], 'a tool without a name');
  t.match(finishOf([served, input('{}'), stop('tool_use')]), { reason: 'stop' });
});

t.test('names and ids come back as the client knows them', async (t) => {
  const reading = {
    toolNames: new Map([['mcp_files_read', 'mcp.files/read']]),
    toolIds: new Map([['a1b2c3d4e', 'call_7']]),
  };
  const start = (toolUse: object) => blocksOf([toolStart(toolUse)], reading)[0];
  t.match(start({ name: 'mcp_files_read', toolUseId: 'a1b2c3d4e' }), {
    name: 'mcp.files/read',
    id: 'call_7',
  });
  t.match(start({ name: 'search', toolUseId: 'new' }), { name: 'search', id: 'new' });
  t.match(
    start({ name: 'mcp_files_read<|channel|>commentary', toolUseId: 'x' }),
    { name: 'mcp.files/read' },
    'gpt-oss lets its channel trail the name',
  );
  t.match(start({ name: 'search' }), { id: 'tooluse_0' }, 'a forgotten id is made up');
});

t.test('the input of the form is the text of the answer, and the model has stopped', async (t) => {
  const reading = { answerTool: 'form' };
  const form = toolStart({ name: 'form', toolUseId: 'tooluse_1' }, 1);
  const filled = [form, input('', 1), input('{"a"', 1), input(':1}', 1), blockStop(1)];
  t.same(blocksOf(filled, reading), [said('{"a"'), said(':1}'), end(0)]);
  t.match(finishOf([...filled, stop('tool_use')], reading), { reason: 'stop' });
  t.match(finishOf([form, input('{"a', 1), stop('max_tokens')], reading), { reason: 'length' });
  t.same(blocksOf([form, blockStop(1)], reading), [said('{}'), end(0)], 'an empty form');
  t.same(
    blocksOf([thought({ text: 'hm' }, 2), text('<thinking>'), blockStop(), ...filled], reading),
    [{ type: 'reasoning-delta', block: 0, text: 'hm' }, said('{"a"', 1), said(':1}', 1), end(1), end(0)],
    'what is said before the form is left out',
  );
  const again = toolStart({ name: 'form', toolUseId: 'tooluse_2' }, 2);
  t.same(
    blocksOf([...filled, again, input('{}', 2)], reading),
    [said('{"a"'), said(':1}'), end(0)],
    'filled in once',
  );
  t.same(
    blocksOf([text('I '), text('cannot')], reading),
    [said('I cannot'), end(0)],
    'who does not fill it in is heard',
  );
});

t.test('JSON that was asked for in words comes bare, as it streams', async (t) => {
  const reading = { extractsJson: true };
  const fenced = ['So: ``', '`json\n{"a":', '1', '}\n', '```', '\nBye'].map((words) => text(words));
  t.same(blocksOf(fenced, reading), [said('{"a":'), said('1'), said('}'), end(0)]);
  t.same(
    blocksOf([text('I '), text('cannot')], reading),
    [said('I cannot'), end(0)],
    'without, all is heard',
  );
  t.same(read([START, text('So: ``')], reading).events.slice(1), [], 'what stands before it is held back');
});
