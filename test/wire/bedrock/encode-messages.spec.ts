import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { ModelCapabilities } from '../../../src/canonical/capabilities.ts';
import { Refusal } from '../../../src/canonical/refusal.ts';
import type { Turn } from '../../../src/canonical/request.ts';
import type { ConverseContent } from '../../../src/wire/bedrock/converse-body.ts';
import { encodeRequest } from '../../../src/wire/bedrock/encode-request.ts';
import { chat, thrownBy, turn } from './chat-request.ts';

const textOf = (block: ConverseContent | undefined) =>
  block !== undefined && 'text' in block ? block.text : '';
const TRAITS = {
  baseId: 'example.model',
  capabilities: {},
  maxOutputTokens: 100,
  defaultMaxOutputTokens: 100,
};
const encodeMessages = (turns: Turn[], capabilities: ModelCapabilities = {}) =>
  encodeRequest(chat({ turns }), { ...TRAITS, capabilities }).body.messages;
const encoded = (...turns: Turn[]) =>
  encodeMessages(turns).map(({ role, content }) => [role, ...content.map(textOf)]);

t.test('turns keep their order and their blocks', async (t) => {
  t.same(encoded(turn('user', 'a', 'b'), turn('assistant', 'c'), turn('user', 'd')), [
    ['user', 'a', 'b'],
    ['assistant', 'c'],
    ['user', 'd'],
  ]);
});

t.test('neighbours of one role become one message', async (t) => {
  t.same(encoded(turn('user', 'a'), turn('user', 'b'), turn('assistant', 'c'), turn('assistant', 'd')), [
    ['user', 'a', 'b'],
    ['assistant', 'c', 'd'],
  ]);
});

t.test('an instruction in the middle is a user block in its place', async (t) => {
  t.same(encoded(turn('user', 'a'), turn('system', 'be brief'), turn('user', 'b')), [
    ['user', 'a', 'be brief', 'b'],
  ]);
  t.same(encoded(turn('user', 'a'), turn('assistant', 'b'), turn('system', 'be brief')), [
    ['user', 'a'],
    ['assistant', 'b'],
    ['user', 'be brief'],
  ]);
});

t.test(
  'a model with instructions in the middle gets them after the user and before an answer alone',
  async (t) => {
    const roles = (...turns: Turn[]) =>
      encodeMessages(turns, { midSystem: true }).map(({ role, content }) => [role, ...content.map(textOf)]);
    const [hi, answer, rule, more] = [
      turn('user', 'a'),
      turn('assistant', 'b'),
      turn('system', 'be brief'),
      turn('user', 'c'),
    ];
    t.same(roles(hi, rule), [
      ['user', 'a'],
      ['system', 'be brief'],
    ]);
    t.same(roles(hi, rule, answer, more), [
      ['user', 'a'],
      ['system', 'be brief'],
      ['assistant', 'b'],
      ['user', 'c'],
    ]);
    t.same(roles(hi, rule, more), [['user', 'a', 'be brief', 'c']]);
    t.same(roles(hi, answer, rule, more), [
      ['user', 'a'],
      ['assistant', 'b'],
      ['user', 'be brief', 'c'],
    ]);
    t.same(roles(hi, answer, rule), [
      ['user', 'a'],
      ['assistant', 'b'],
      ['user', 'be brief'],
    ]);
    t.same(roles(hi, answer, rule, answer), [
      ['user', 'a'],
      ['assistant', 'b'],
      ['user', 'be brief'],
      ['assistant', 'b'],
    ]);
    t.same(roles(rule, more), [['user', 'be brief', 'c']]);
    t.same(roles(rule, answer), [
      ['user', 'be brief'],
      ['assistant', 'b'],
    ]);
  },
);

t.test('blank text is left out, but not what stands beside it', async (t) => {
  t.same(encoded(turn('user', '', ' \n', 'a', '\t'), turn('user', '')), [['user', 'a']]);
});

t.test('a blank answer disappears and its neighbours join', async (t) => {
  t.same(encoded(turn('user', 'a'), turn('assistant', ' '), turn('user', 'b')), [['user', 'a', 'b']]);
  t.same(encoded(turn('user', 'a'), turn('assistant'), turn('user', 'b')), [['user', 'a', 'b']]);
  t.same(encoded(turn('assistant', 'a'), turn('system', ' '), turn('assistant', 'b')), [
    ['user', '(start of conversation)'],
    ['assistant', 'a', 'b'],
  ]);
});

t.test('a blank user turn still separates two answers, visibly', async (t) => {
  t.same(encoded(turn('user', 'a'), turn('assistant', 'b'), turn('user', ' '), turn('assistant', 'c')), [
    ['user', 'a'],
    ['assistant', 'b'],
    ['user', '(empty)'],
    ['assistant', 'c'],
  ]);
  t.same(encoded(turn('user', 'a'), turn('assistant', 'b'), turn('user', '')), [
    ['user', 'a'],
    ['assistant', 'b'],
    ['user', '(empty)'],
  ]);
});

t.test('a conversation that the assistant opens gets a neutral user turn before it', async (t) => {
  t.same(encoded(turn('assistant', 'Hello!'), turn('user', 'Hi')), [
    ['user', '(start of conversation)'],
    ['assistant', 'Hello!'],
    ['user', 'Hi'],
  ]);
});

t.test('a trailing answer loses its trailing white space, an earlier one keeps it', async (t) => {
  t.same(
    encoded(
      turn('user', 'a'),
      turn('assistant', 'b \n'),
      turn('user', 'c '),
      turn('assistant', 'd', ' {\n '),
    ),
    [
      ['user', 'a'],
      ['assistant', 'b \n'],
      ['user', 'c '],
      ['assistant', 'd', ' {'],
    ],
  );
});

t.test('a chat that says nothing is refused, naming the messages', async (t) => {
  for (const turns of [
    [],
    [turn('user', ' ')],
    [turn('user', ''), turn('assistant', '\n'), turn('system', '')],
  ]) {
    const refusal = thrownBy(() => encodeMessages(turns));
    t.ok(refusal instanceof Refusal);
    t.match(refusal, { kind: 'invalid_value', param: 'messages' });
  }
});

const anyTurns = fc.array(
  fc.record({
    role: fc.constantFrom('user' as const, 'assistant' as const, 'system' as const),
    texts: fc.array(fc.oneof(fc.constantFrom('', ' ', '\n', 'x ', ' y'), fc.string()), { maxLength: 3 }),
  }),
  { maxLength: 8 },
);

t.test('whatever the turns, the messages obey every rule of Converse and lose no visible word', async (t) => {
  fc.assert(
    fc.property(anyTurns, fc.boolean(), (drafts, midSystem) => {
      const turns = drafts.map(({ role, texts }) => turn(role, ...texts));
      const before = JSON.stringify(turns);
      const words = drafts.flatMap(({ texts }) => texts).filter((text) => text.trim() !== '');
      if (words.length === 0) {
        assert.ok(thrownBy(() => encodeMessages(turns, { midSystem })) instanceof Refusal);
        return;
      }
      const messages = encodeMessages(turns, { midSystem });
      assert.equal(messages[0]?.role, 'user');
      messages.forEach((message, index) => {
        assert.notEqual(message.role, messages[index + 1]?.role);
        if (message.role === 'system') {
          assert.equal(messages[index - 1]?.role, 'user');
          assert.notEqual(messages[index + 1]?.role, 'user');
        }
        assert.ok(
          message.content.length > 0 && message.content.every((block) => textOf(block).trim() !== ''),
        );
      });
      const last = messages.at(-1);
      if (last?.role === 'assistant') assert.doesNotMatch(textOf(last.content.at(-1)), /\s$/);
      const sent = messages.flatMap(({ content }) => content.map((block) => textOf(block).trim()));
      const added = new Set(['(empty)', '(start of conversation)']);
      assert.deepEqual(
        sent.filter((text) => !added.has(text)),
        words.map((word) => word.trim()),
      );
      assert.equal(JSON.stringify(turns), before);
    }),
    { numRuns: 300 },
  );
  t.pass('for 300 conversations');
});
