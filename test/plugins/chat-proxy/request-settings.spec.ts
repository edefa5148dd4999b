// Who decides about guardrail, service tier and latency mode: a table, and what holds of every combination.
import fc from 'fast-check';
import t from 'tap';
import { type ChatRequest, type Guardrail, PLAIN_REQUEST } from '../../../src/canonical/request.ts';
import { REQUEST_SETTINGS, type RequestSettings } from '../../../src/canonical/request-settings.ts';
import { checkTier, pricedTier, withSettings } from '../../../src/plugins/chat-proxy/request-settings.ts';

const asking = (settings: RequestSettings): ChatRequest => ({
  ...PLAIN_REQUEST,
  model: 'm',
  turns: [],
  ...settings,
});
const OURS: Guardrail = { id: 'ours', version: '1' };
const THEIRS: Guardrail = { id: 'theirs', version: 'DRAFT' };

t.test('a wish counts where the key may choose; else the key decides, then the model', async (t) => {
  const key = { defaults: { serviceTier: 'flex' } as RequestSettings, mayChoose: [] };
  const model = { defaults: { serviceTier: 'priority', latency: 'optimized', guardrail: OURS } as const };
  const plain = withSettings(asking({}), key, model);
  t.match(plain, { request: { serviceTier: 'flex', latency: 'optimized', guardrail: OURS }, ignored: [] });
  t.equal(plain.tierChosenBy, 'key');
  const wish = asking({ serviceTier: 'priority', latency: 'standard', guardrail: THEIRS });
  const refused = withSettings(wish, key, model);
  t.match(refused.request, { serviceTier: 'flex', latency: 'optimized', guardrail: OURS });
  t.same(refused.ignored, ['guardrail', 'serviceTier', 'latency']);
  const free = withSettings(wish, { ...key, mayChoose: [...REQUEST_SETTINGS] }, model);
  t.match(free.request, { serviceTier: 'priority', latency: 'standard', guardrail: THEIRS });
  t.match(free, { ignored: [], tierChosenBy: 'request' });
  const ofModel = withSettings(asking({}), { defaults: {}, mayChoose: [] }, model);
  t.match(ofModel, { request: { serviceTier: 'priority' }, tierChosenBy: 'model' });
});

t.test('a wish for what the request gets anyway is not reported', async (t) => {
  const bare = { defaults: {}, mayChoose: [] };
  const nothing = { defaults: {} };
  for (const wish of [{ serviceTier: 'default' }, { latency: 'standard' }] as const)
    t.same(withSettings(asking(wish), bare, nothing).ignored, [], JSON.stringify(wish));
  t.same(withSettings(asking({ serviceTier: 'flex' }), bare, nothing).ignored, ['serviceTier']);
  const same = { defaults: { guardrail: { ...OURS } }, mayChoose: [] };
  t.same(withSettings(asking({ guardrail: OURS }), same, nothing).ignored, []);
  const saving = { defaults: { serviceTier: 'flex' } as RequestSettings, mayChoose: [] };
  const dearer = withSettings(asking({ serviceTier: 'default' }), saving, nothing);
  t.match(dearer, { request: { serviceTier: 'flex' }, ignored: ['serviceTier'] });
});

const settings = fc.record(
  {
    guardrail: fc.constantFrom(OURS, THEIRS),
    serviceTier: fc.constantFrom('default' as const, 'flex' as const, 'priority' as const),
    latency: fc.constantFrom('standard' as const, 'optimized' as const),
  },
  { requiredKeys: [] },
);

t.test(
  'whatever a request asks: a guardrail that is set stays, and what it does not get is named',
  async () => {
    fc.assert(
      fc.property(
        settings,
        settings,
        settings,
        fc.subarray([...REQUEST_SETTINGS]),
        (wish, ofKey, ofModel, mayChoose) => {
          const asked = asking(wish);
          const { request, ignored } = withSettings(
            asked,
            { defaults: ofKey, mayChoose },
            { defaults: ofModel },
          );
          const set = ofKey.guardrail ?? ofModel.guardrail;
          if (set !== undefined && !mayChoose.includes('guardrail') && request.guardrail !== set)
            return false;
          if (set !== undefined && request.guardrail === null) return false;
          const meant = { guardrail: null, serviceTier: 'default', latency: 'standard' };
          return (['guardrail', 'serviceTier', 'latency'] as const).every((member) => {
            const wanted = asked[member];
            const got = request[member] ?? meant[member];
            return ignored.includes(member) === (wanted !== null && wanted !== got);
          });
        },
      ),
    );
  },
);

t.test('a tier that the catalogue denies is refused, in words for whoever can change it', async (t) => {
  const capabilities = { serviceTiers: ['priority'] as const };
  const model = { name: 'm', capabilities, defaults: {} };
  const check = (wish: RequestSettings, key: RequestSettings, mayChoose = [...REQUEST_SETTINGS]) =>
    checkTier(withSettings(asking(wish), { defaults: key, mayChoose }, model), model);
  const refusal = { kind: 'unsupported_value', param: 'service_tier' };
  t.throws(() => check({ serviceTier: 'flex' }, {}), { ...refusal, message: /service tier 'flex'\.$/ });
  t.throws(() => check({}, { serviceTier: 'flex' }), {
    ...refusal,
    message: /defaults of this key.*An admin/,
  });
  const unknown = withSettings(
    asking({ serviceTier: 'flex' }),
    { defaults: {}, mayChoose: ['service_tier'] },
    model,
  );
  t.throws(() => checkTier(unknown, { name: 'm', capabilities: {} }), /service tier 'flex'/, 'not known');
  check({ serviceTier: 'priority' }, {});
  check({ serviceTier: 'default' }, {});
  check({}, {});
  t.same(['default', 'reserved', null, undefined, 'flex', 'priority'].map(pricedTier), [
    ...['standard', 'standard', 'standard', 'standard', 'flex', 'priority'],
  ]);
});
