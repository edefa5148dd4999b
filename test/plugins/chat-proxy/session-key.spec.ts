// Which conversation a request belongs to, by the first sign there is.
import fc from 'fast-check';
import t from 'tap';
import { PLAIN_REQUEST, type Turn } from '../../../src/canonical/request.ts';
import { answerSketch } from '../../../src/plugins/chat-proxy/opening.ts';
import {
  type SessionFacts,
  type SessionSign,
  sessionSignOf,
  turnsKey,
} from '../../../src/plugins/chat-proxy/session-key.ts';

const SESSION = '0b52a1d9-7c3e-4f0a-9f5d-2f1f8f0b6c11';
const say = (role: Turn['role'], text: string): Turn => ({ role, content: [{ kind: 'text', text }] });
const facts = (more: Partial<SessionFacts> = {}): SessionFacts => ({
  headers: {},
  dialect: 'openai',
  hint: null,
  chat: { ...PLAIN_REQUEST, turns: [say('user', 'Hello')] },
  key: { id: 7, logging: 'full' },
  ...more,
});
const keyOf = (sign: SessionSign) => (sign.kind === 'named' ? sign.session.key : sign.kind);

t.test('the signs in their order: each is used only where those before it are missing', async (t) => {
  const headers = {
    'session-id': 'mine',
    'x-claude-code-session-id': SESSION.toUpperCase(),
    'x-openwebui-chat-id': 'c0ffee',
  };
  const all = facts({ headers, hint: 'cache-key' });
  t.equal(keyOf(sessionSignOf(all)), 'mine');
  const { 'session-id': _own, ...unnamed } = headers;
  t.equal(keyOf(sessionSignOf({ ...all, headers: unnamed })), `claude-code:${SESSION}`);
  const { 'x-claude-code-session-id': _code, ...webui } = unnamed;
  t.equal(keyOf(sessionSignOf({ ...all, headers: webui })), 'chat:c0ffee');
  t.match(keyOf(sessionSignOf({ ...all, headers: {} })), /^cache:[0-9a-f]{32}$/);
  t.equal(keyOf(sessionSignOf(facts())), 'opening');
});

t.test('Claude Code names its session in two forms; of the rest of them nothing is kept', async (t) => {
  const hints = [
    `user_${'a'.repeat(64)}_account_${SESSION.replace('0b', '1c')}_session_${SESSION}`,
    `user_${'a'.repeat(64)}_account__session_${SESSION}`,
    JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: 'a', session_id: SESSION }),
  ];
  for (const hint of hints)
    t.same(sessionSignOf(facts({ dialect: 'anthropic', hint })), {
      kind: 'named',
      session: { origin: 'claude-code', key: `claude-code:${SESSION}` },
    });
  for (const hint of ['ada@example.com', '{', '{"session_id":1}', 'null', 'user_x_account_y_session_z'])
    t.equal(sessionSignOf(facts({ dialect: 'anthropic', hint })).kind, 'opening', hint);
});

t.test('turn one and turn two are one conversation; another answer begins another one', async (t) => {
  const first = [say('user', 'Hello')];
  const answer = [
    { kind: 'reasoning', text: 'hm', signature: null } as const,
    { kind: 'text', text: ' Hi.\n' } as const,
  ];
  const opened = sessionSignOf(facts({ chat: { ...PLAIN_REQUEST, turns: first } }));
  if (opened.kind !== 'opening') throw new Error(opened.kind);
  const waiting = turnsKey(7, opened.opening, answerSketch(answer));
  const second = (text: string) => [...first, say('assistant', text), say('user', 'And then?')];
  const third = [...second('Hi.'), say('assistant', 'Then.'), say('user', 'Go on')];
  for (const turns of [second('Hi.'), third])
    t.equal(keyOf(sessionSignOf(facts({ chat: { ...PLAIN_REQUEST, turns } }))), waiting);
  for (const [name, other] of Object.entries({
    'another answer': facts({ chat: { ...PLAIN_REQUEST, turns: second('Ho.') } }),
    'other instructions': facts({
      chat: { system: [{ kind: 'text', text: 'Be brief' }], turns: second('Hi.') },
    }),
    'another key': facts({ key: { id: 8, logging: 'full' }, chat: { ...PLAIN_REQUEST, turns: third } }),
  }))
    t.not(keyOf(sessionSignOf(other)), waiting, name);
});

t.test(
  'where texts are not kept, no hash of them is made; what clients call their chats is used',
  async (t) => {
    for (const logging of ['off', 'metadata'] as const) {
      t.same(sessionSignOf(facts({ key: { id: 7, logging } })), { kind: 'none' });
      t.equal(sessionSignOf(facts({ key: { id: 7, logging }, hint: 'k' })).kind, 'named');
    }
  },
);

t.test(
  'a name that is made is short and of the letters that a Session-Id may have, whatever is sent',
  async () => {
    fc.assert(
      fc.property(
        fc.option(fc.string({ maxLength: 2_000, unit: 'binary' })),
        fc.string({ maxLength: 400 }),
        fc.string({ maxLength: 400 }),
        fc.constantFrom('openai' as const, 'anthropic' as const, 'responses' as const),
        (hint, chat, code, dialect) => {
          const headers = { 'x-openwebui-chat-id': chat, 'x-claude-code-session-id': code };
          const sign = sessionSignOf(facts({ hint, headers, dialect }));
          return sign.kind !== 'named' || /^[\w.:@/+=-]{1,128}$/.test(sign.session.key);
        },
      ),
    );
  },
);

t.test('only the header that is ours is refused when it is malformed', async (t) => {
  for (const id of ['', 'a b', 'ü', 'x'.repeat(129)])
    t.throws(() => sessionSignOf(facts({ headers: { 'session-id': id } })), { code: 'SESSION_ID_INVALID' });
  t.equal(sessionSignOf(facts({ headers: { 'x-openwebui-chat-id': 'a b' } })).kind, 'opening');
});
