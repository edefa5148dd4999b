import t from 'tap';
import type { ModelCapabilities } from '../../../src/canonical/capabilities.ts';
import { timeOrderedId } from '../../../src/lib/id.ts';
import { encodeRequest } from '../../../src/wire/bedrock/encode-request.ts';
import { PLAIN_READING } from '../../../src/wire/bedrock/reading.ts';
import { encodeMetadata } from '../../../src/wire/bedrock/request-metadata.ts';
import { chat, turn } from './chat-request.ts';

const text = (words: string) => ({ kind: 'text' as const, text: words });
/** A model that is known to take everything, unless it is said not to. */
const traits = (maxOutputTokens: number, capabilities: ModelCapabilities = {}) => ({
  baseId: 'example.model',
  capabilities,
  maxOutputTokens,
  defaultMaxOutputTokens: maxOutputTokens,
});

t.test('a plain request says its output limit and nothing it was not asked to say', async (t) => {
  const body = {
    inferenceConfig: { maxTokens: 256 },
    messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
  };
  t.same(encodeRequest(chat(), traits(256)), {
    body,
    streamBody: body,
    maxOutputTokens: 256,
    dropped: [],
    reading: PLAIN_READING,
  });
});

t.test('the limit sent is never above what the model can write', async (t) => {
  const { body } = encodeRequest(chat({ maxOutputTokens: 100_000 }), traits(17));
  t.equal(body.inferenceConfig.maxTokens, 17);
});

t.test('instructions become system blocks in order, blank ones are left out', async (t) => {
  const { body } = encodeRequest(chat({ system: ['one', ' ', '', 'two'].map(text) }), traits(1));
  t.same(body.system, [{ text: 'one' }, { text: 'two' }]);
  t.notOk('system' in encodeRequest(chat({ system: [text(' ')] }), traits(1)).body);
});

t.test('zero is a value, and a temperature above the range of Converse is its maximum', async (t) => {
  const sampling = (temperature: number | null, topP: number | null) =>
    encodeRequest(chat({ temperature, topP }), traits(1)).body.inferenceConfig;
  t.same(sampling(0, 0), { maxTokens: 1, temperature: 0, topP: 0 });
  t.same(sampling(1.7, null), { maxTokens: 1, temperature: 1 });
  t.same(sampling(null, 0.5), { maxTokens: 1, topP: 0.5 });
});

t.test('a model that takes either parameter gets the temperature, and the other is reported', async (t) => {
  const limits = traits(1, { sampling: 'temperature_or_top_p' });
  const both = encodeRequest(chat({ temperature: 0, topP: 0.9 }), limits);
  t.same(both.body.inferenceConfig, { maxTokens: 1, temperature: 0 });
  t.same(both.dropped, ['topP']);
  const one = encodeRequest(chat({ topP: 0.9 }), limits);
  t.same(one.body.inferenceConfig, { maxTokens: 1, topP: 0.9 });
  t.same(one.dropped, []);
});

t.test('a model that takes neither gets neither, and only what was asked for is reported', async (t) => {
  const limits = traits(1, { sampling: 'none' });
  const both = encodeRequest(chat({ temperature: 0, topP: 1 }), limits);
  t.same(both.body.inferenceConfig, { maxTokens: 1 });
  t.same(both.dropped, ['temperature', 'topP']);
  t.same(encodeRequest(chat(), limits).dropped, []);
});

t.test('stop sequences that the model refuses are left out and reported', async (t) => {
  const stopSequences = ['END', '', '\n\n', ' x'];
  const claude = { ...traits(1), baseId: 'anthropic.example' };
  const some = encodeRequest(chat({ stopSequences }), claude);
  t.same(some.body.inferenceConfig, { maxTokens: 1, stopSequences: ['END', ' x'] });
  t.same(some.dropped, ['stopSequences']);
  const none = encodeRequest(chat({ stopSequences: [' '] }), claude);
  t.same(none.body.inferenceConfig, { maxTokens: 1 });
  const other = encodeRequest(chat({ stopSequences }), traits(1));
  t.same(other.body.inferenceConfig, { maxTokens: 1, stopSequences: ['END', '\n\n', ' x'] }, 'not Claude');
  t.same(other.dropped, ['stopSequences'], 'nobody takes an empty one');
  t.same(encodeRequest(chat({ stopSequences: ['\n\n'] }), traits(1)).dropped, []);
});

t.test('the request itself is never changed', async (t) => {
  const request = chat({
    system: [text('s'), text(' ')],
    turns: [turn('assistant', 'a '), turn('assistant', 'b ')],
    temperature: 2,
    stopSequences: ['', 'x'],
  });
  const before = structuredClone(request);
  encodeRequest(request, traits(1, { sampling: 'none' }));
  t.same(request, before);
});

t.test('the ids that come back in the invocation log are within the limits of Bedrock', async (t) => {
  const exchangeId = timeOrderedId();
  const metadata = encodeMetadata({ exchangeId, keyId: Number.MAX_SAFE_INTEGER });
  t.same(metadata, { gw_exchange: exchangeId, gw_key: '9007199254740991' });
  for (const text of Object.entries(metadata).flat()) t.match(text, /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/);
});
