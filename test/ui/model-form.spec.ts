// A model's targets and capabilities in the console's form.
import t from 'tap';
import {
  countOf,
  inOrder,
  lengthsOf,
  withCapability,
} from '../../ui/src/modules/models/capability-fields.ts';
import {
  checkModelForm,
  emptyModelForm,
  moveUp,
  toCreateBody,
} from '../../ui/src/modules/models/model-form.ts';
import { credentialsFormOf, emptyTarget, toCredentials } from '../../ui/src/modules/models/target-form.ts';
import { choose, seriousFindings, settled, signIn } from './console-page.ts';
import { consoleTest } from './console-test.ts';
import { SECRETS } from './mock-gateway.ts';

const form = {
  ...emptyModelForm(),
  ...{ name: 'duo', target: 'a', base_id: 'b', vendor: 'v', region: 'us-east-1' },
};

t.test('a form of several targets says what each lacks', async (t) => {
  t.same(checkModelForm(form), {});
  const further = {
    ...emptyTarget(),
    weight: '1001',
    credentials: { kind: 'role' as const, value: ' ', external_id: '' },
  };
  t.same(checkModelForm({ ...form, weight: '-1', further_targets: [further] }), {
    weight: 'targets.weightWrong',
    'further_targets.0.target': 'form.required',
    'further_targets.0.weight': 'targets.weightWrong',
    'further_targets.0.credentials': 'form.required',
  });
});

t.test('targets change places, the first one too, and lose nothing', async (t) => {
  const credentials = { kind: 'profile' as const, value: 'p', external_id: '' };
  const further_targets = [
    { ...emptyTarget(), target: 'b', credentials },
    { ...emptyTarget(), target: 'c' },
  ];
  const once = moveUp({ ...form, further_targets }, 0);
  t.match(once, { name: 'duo', target: 'b', region: '', credentials });
  t.match(once.further_targets, [{ target: 'a', region: 'us-east-1' }, { target: 'c' }]);
  const twice = moveUp(once, 1);
  t.match(twice.further_targets, [{ target: 'c' }, { target: 'a' }]);
  t.match(toCreateBody(twice), {
    credentials: { kind: 'profile', profile: 'p' },
    further_targets: [
      { target: 'c', region: null, credentials: null, weight: 1 },
      { target: 'a', region: 'us-east-1' },
    ],
  });
});

t.test('credentials in a form are the credentials again', async (t) => {
  for (const credentials of [
    null,
    { kind: 'profile', profile: 'p' },
    { kind: 'role', role_arn: 'r' },
    { kind: 'role', role_arn: 'r', external_id: 'e' },
    { kind: 'bearer', variable: 'AWS_BEARER_TOKEN_X' },
  ] as const)
    t.same(toCredentials(credentialsFormOf(credentials)), credentials);
});

t.test('a capability is said, changed, and not known again', async (t) => {
  const said = withCapability({ image_input: true }, 'tools', 'whole');
  t.same(said, { image_input: true, tools: 'whole' });
  t.same(withCapability(said, 'image_input', undefined), { tools: 'whole' });
  t.same(inOrder(['low', 'medium', 'high'], ['high', 'low']), ['low', 'high']);
  t.same(['12', ' 7 ', '0', '1.5', 'x', ''].map(countOf), [
    12,
    7,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

t.test('what a kind of model does not have is not sent', async (t) => {
  const capabilities = {
    ...{ tools: 'none' as const, embedding: 'titan_v2' as const, image: 'stability' as const },
    dimensions: [256],
  };
  const said = { ...form, capabilities };
  t.match(toCreateBody(said), { kind: 'chat', max_output_tokens: 8192 });
  t.same(toCreateBody(said).capabilities, { tools: 'none', input_includes_cached: false });
  const embedding = toCreateBody({ ...said, kind: 'embedding', max_output_tokens: 'none' });
  t.match(embedding, { kind: 'embedding', max_output_tokens: 1 });
  t.same(embedding.capabilities, { embedding: 'titan_v2', dimensions: [256] });
  t.same(toCreateBody({ ...said, kind: 'image' }).capabilities, { image: 'stability' });
  t.same(checkModelForm({ ...said, kind: 'image', max_output_tokens: '' }), {});
  t.same(checkModelForm({ ...said, max_output_tokens: '' }), { max_output_tokens: 'form.required' });
});

t.test('lengths of vectors are whole numbers, each once', async (t) => {
  const read = ['1024, 512,512', ' 7 '].map(lengthsOf);
  t.same(read, [[1024, 512], [7]]);
  for (const text of ['', '1,', '1,x', '0']) t.equal(lengthsOf(text), undefined, text);
});

consoleTest('a model that embeds is added and changed', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/models');
  await settled(page);
  await page.getByRole('button', { name: 'Add model' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('vectors');
  await dialog.getByLabel('Target').fill('some.embed');
  await dialog.getByLabel('Base model').fill('some.embed');
  await dialog.getByLabel('Vendor').fill('some');
  await choose(page, dialog.getByLabel('Kind'), 'Embedding');
  t.equal(await dialog.getByLabel('Output limit, tokens').count(), 0);
  t.equal(await dialog.getByLabel('Guardrail', { exact: true }).count(), 0);
  await dialog.getByRole('button', { name: /Capabilities/ }).click();
  t.equal(await dialog.getByLabel('Takes images').count(), 0);
  await choose(page, dialog.getByLabel('Body it takes'), 'cohere_v4');
  await dialog.getByLabel('Vector lengths').fill('1536, 256');
  await dialog.getByRole('button', { name: 'Add model' }).click();
  const row = page.getByRole('row', { name: /vectors/ });
  await row.getByText('Embedding', { exact: true }).waitFor();
  await row.getByRole('button', { name: /Actions/ }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await dialog.getByRole('button', { name: /Capabilities/ }).click();
  t.equal(await dialog.getByLabel('Vector lengths').inputValue(), '1536, 256');
  t.match(await dialog.getByLabel('Body it takes').textContent(), 'cohere_v4');
  t.same(await seriousFindings(page), []);
  t.same(faults, []);
});

consoleTest('a model gets a second target and automatic caching', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/models');
  await settled(page);
  await page.getByRole('button', { name: 'Add model' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('house');
  await dialog.getByLabel('Target').fill('some.model');
  await dialog.getByLabel('Base model').fill('some.model');
  await dialog.getByLabel('Vendor').fill('some');
  await dialog.getByRole('button', { name: /More targets/ }).click();
  await dialog.getByRole('button', { name: 'Add a way' }).click();
  await dialog.getByRole('button', { name: 'Add model' }).click();
  await dialog.getByText('This is needed').waitFor();
  const way = dialog.getByRole('group', { name: 'Way 2' });
  await way.getByLabel('Model id, profile or ARN').fill('eu.some.model');
  await choose(page, way.getByLabel('Credentials'), 'AWS profile');
  await way.getByLabel('Profile', { exact: true }).fill('team-a');
  await dialog.getByRole('button', { name: /Capabilities/ }).click();
  await choose(page, dialog.getByLabel('Automatic caching'), 'Yes');
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/model-form.png` });
  await dialog.getByRole('button', { name: 'Add model' }).click();
  await page.getByRole('row', { name: /house/ }).getByText('2 targets').waitFor();
  t.same(faults, []);
});
