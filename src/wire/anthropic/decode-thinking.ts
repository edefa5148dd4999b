// How much the model is to think, and what form its answer must have.
import { EFFORTS, type Effort, type Reasoning, type ResponseFormat } from '../../canonical/request.ts';
import { invalidValue, notOneOf } from '../refusals.ts';
import { Fields } from './fields.ts';
import type { Notes } from './notes.ts';

type Setting = object | null | undefined;

/** Anthropic's words: `minimal` is none of them. */
const WIRE_EFFORTS: readonly Effort[] = EFFORTS.filter((effort) => effort !== 'minimal');
const MODES = ['enabled', 'adaptive', 'disabled', 'between_tools'] as const;
const DISPLAYS = ['summarized', 'omitted'] as const;
/** Tokens. */
const LEAST_BUDGET = 1_024;

export interface OutputSettings {
  reasoning: Reasoning | null;
  responseFormat: ResponseFormat | null;
}

export interface OutputBody {
  thinking?: Setting;
  output_config?: Setting;
  output_format?: Setting;
}

export function decodeOutput(body: OutputBody, notes: Notes): OutputSettings {
  const config = new Fields(body.output_config ?? {}, 'output_config');
  for (const name of config.names()) if (name !== 'effort' && name !== 'format') notes.drop(config.at(name));
  const effort = decodeEffort(config);
  const thinking = body.thinking ? decodeThinking(new Fields(body.thinking, 'thinking')) : null;
  return {
    reasoning: effort === null ? thinking : { ...(thinking ?? { mode: 'unsaid' }), effort },
    responseFormat: decodeFormat(config, body.output_format),
  };
}

function decodeEffort(config: Fields): Effort | null {
  const word = config.textOr('effort', null);
  if (word === null) return null;
  const effort = WIRE_EFFORTS.find((each) => each === word);
  if (effort === undefined) throw notOneOf(config.at('effort'), word, WIRE_EFFORTS);
  return effort;
}

function decodeThinking(thinking: Fields): Reasoning {
  const word = thinking.text('type');
  const type = MODES.find((each) => each === word);
  const display = decodeDisplay(thinking);
  switch (type) {
    case undefined:
      throw notOneOf(thinking.at('type'), word, MODES);
    case 'disabled':
      return { mode: 'off' };
    case 'between_tools':
      return { mode: 'between_tools' };
    case 'adaptive':
      return { mode: 'adaptive', ...display };
    case 'enabled':
      return { mode: 'budget', budgetTokens: decodeBudget(thinking), ...display };
  }
}

function decodeBudget(thinking: Fields): number {
  const budget = thinking.integer('budget_tokens');
  if (budget < LEAST_BUDGET)
    throw invalidValue(
      thinking.at('budget_tokens'),
      `expected a value >= ${LEAST_BUDGET}, but got ${budget} instead`,
    );
  return budget;
}

function decodeDisplay(thinking: Fields): Pick<Reasoning, 'display'> {
  const word = thinking.textOr('display', null);
  if (word === null) return {};
  const display = DISPLAYS.find((each) => each === word);
  if (display === undefined) throw notOneOf(thinking.at('display'), word, DISPLAYS);
  return { display };
}

function decodeFormat(config: Fields, older: Setting): ResponseFormat | null {
  const format = config.has('format')
    ? config.fields('format')
    : older
      ? new Fields(older, 'output_format')
      : null;
  if (format === null) return null;
  const type = format.text('type');
  if (type !== 'json_schema') throw notOneOf(format.at('type'), type, ['json_schema']);
  return { kind: 'schema', name: 'answer', description: null, schema: format.json('schema'), isStrict: true };
}
