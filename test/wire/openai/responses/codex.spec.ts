// A request as Codex CLI sends it, written from its documentation: read in full, and nothing of it lost unsaid.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { readBody } from './read-body.ts';

const FIRST = JSON.parse(readFileSync(new URL('./fixtures/codex-first.json', import.meta.url), 'utf8'));

t.test("Codex's first request is read", async (t) => {
  const { decoded } = readBody(FIRST);
  const { request, dropped, customNames, includesThoughts } = decoded;
  t.same(dropped, ['tools.format'], 'a grammar binds no model here');
  t.same([...customNames], ['apply_patch']);
  t.equal(includesThoughts, true);
  t.equal(request.system.length, 2, 'instructions and what the developer says');
  t.same(
    request.turns.map(({ role }) => role),
    ['user', 'user'],
  );
  t.same(
    request.tools.map(({ name }) => name),
    ['shell_command', 'update_plan', 'apply_patch', 'mcp__tracker__find_issue'],
  );
  t.match(request, {
    toolChoice: { kind: 'auto' },
    allowsParallelTools: true,
    reasoning: { mode: 'default', effort: 'medium', display: 'summarized' },
    responseFormat: null,
    stream: true,
  });
});

t.test("Codex's later requests are read: items without ids, null members, outputs as parts", async (t) => {
  const later = [
    { type: 'reasoning', summary: [], content: null, encrypted_content: null },
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'On it.' }],
      phase: 'commentary',
    },
    { type: 'function_call', name: 'shell_command', arguments: '{"command":"ls"}', call_id: 'c1' },
    {
      type: 'custom_tool_call',
      status: 'completed',
      call_id: 'c2',
      name: 'apply_patch',
      input: '*** Begin Patch',
    },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'a.js' }] },
    { type: 'custom_tool_call_output', call_id: 'c2', output: 'Done' },
  ];
  const { decoded } = readBody({ ...FIRST, input: [...FIRST.input, ...later] });
  t.same(decoded.dropped, ['input.reasoning', 'tools.format']);
  t.same(
    decoded.request.turns.slice(2).map(({ role, content }) => [role, content.map(({ kind }) => kind)]),
    [
      ['assistant', ['text', 'tool-use', 'tool-use']],
      ['user', ['tool-result', 'tool-result']],
    ],
  );
});
