import t from 'tap';
import { baseModelId, samplingOf } from '../../../src/wire/bedrock/sampling.ts';

t.test('a model is told from another whose id begins alike', async (t) => {
  t.equal(samplingOf('anthropic.claude-opus-5-5'), 'none');
  t.equal(samplingOf('anthropic.claude-opus-4-6-v1'), 'both');
  t.equal(samplingOf('anthropic.claude-opus-4-5-20251101-v1:0'), 'temperature_or_top_p');
  t.equal(samplingOf('anthropic.claude-opus-5-5-something-new'), 'both');
  t.equal(samplingOf('anthropic.claude-opus-4'), 'both');
});

t.test('profiles and their ARNs count as the model behind them', async (t) => {
  for (const prefix of ['us', 'eu', 'apac', 'au', 'jp', 'ca', 'in', 'us-gov', 'global']) {
    t.equal(samplingOf(`${prefix}.anthropic.claude-sonnet-5`), 'none', prefix);
  }
  const arn = 'arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4-6';
  t.equal(samplingOf(arn), 'temperature_or_top_p');
  t.equal(
    baseModelId('arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0'),
    'amazon.nova-pro-v1:0',
  );
});

t.test('an id with unknown parts is left whole and takes both parameters', async (t) => {
  const opaque = 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc';
  t.equal(baseModelId(opaque), opaque);
  t.equal(samplingOf(opaque), 'both');
  t.equal(baseModelId('mistral.mistral-large-2402-v1:0'), 'mistral.mistral-large-2402-v1:0');
  t.equal(samplingOf('meta.llama3-1-8b-instruct-v1:0'), 'both');
});
