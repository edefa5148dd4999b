// What is kept of what was said.
import t from 'tap';
import { type ChatRequest, PLAIN_REQUEST, type Turn } from '../../../src/canonical/request.ts';
import { wholeCompletion, wordsOf } from '../../../src/plugins/chat-proxy/spoken.ts';

const say = (role: Turn['role'], text: string): Turn => ({ role, content: [{ kind: 'text', text }] });
const found: Turn = {
  role: 'user',
  content: [
    {
      kind: 'tool-result',
      toolUseId: 'c',
      content: [{ kind: 'text', text: '21' }],
      isError: null,
      path: 'p',
    },
  ],
};
const promptOf = (turns: Turn[], logging: 'full' | 'metadata' = 'full') => {
  const request: ChatRequest = { ...PLAIN_REQUEST, model: 'm', turns };
  return wordsOf(request, [{ role: 'user', content: 'x' }], logging).prompt;
};

t.test('the prompt is the last thing somebody said, not what a tool found since', async (t) => {
  const asked = [say('user', 'How warm is it?'), say('assistant', 'Let me look')];
  t.equal(promptOf([...asked, found]), 'How warm is it?');
  t.equal(
    promptOf([...asked, { ...found, content: [...found.content, { kind: 'text', text: 'And?' }] }]),
    'And?',
  );
  t.equal(promptOf([say('user', 'One'), say('assistant', 'Two'), say('user', 'Three')]), 'Three');
  t.equal(promptOf([found]), '');
  t.equal(promptOf(asked, 'metadata'), '');
});

t.test(
  'an answer is kept with its thoughts and calls, and without what only the model can read',
  async (t) => {
    const kept = JSON.parse(
      wholeCompletion([
        { kind: 'reasoning', text: 'hm', signature: 'c2lnbmVk' },
        { kind: 'redacted-reasoning', base64: Buffer.alloc(9).toString('base64') },
        { kind: 'text', text: 'Looking' },
        { kind: 'tool-use', id: 'c', name: 'look', input: { at: 'sky' } },
      ]),
    );
    t.same(kept, [
      { kind: 'reasoning', text: 'hm' },
      { kind: 'redacted-reasoning', bytes: 9 },
      { kind: 'text', text: 'Looking' },
      { kind: 'tool-use', id: 'c', name: 'look', input: { at: 'sky' } },
    ]);
  },
);
