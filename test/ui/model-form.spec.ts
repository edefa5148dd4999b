// A model's targets and capabilities in the console's form.
import t from 'tap';
import { countOf, inOrder, withCapability } from '../../ui/src/modules/models/capability-fields.ts';
import {
  checkModelForm,
  emptyModelForm,
  moveUp,
  toCreateBody,
} from '../../ui/src/modules/models/model-form.ts';
import { credentialsFormOf, emptyTarget, toCredentials } from '../../ui/src/modules/models/target-form.ts';
import { choose, settled, signIn } from './console-page.ts';
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
