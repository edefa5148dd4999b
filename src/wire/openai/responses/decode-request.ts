// A request for a response in the words of the house. What cannot be served is refused here, before any money is held;
// nothing is changed in silence.
import { Refusal } from '../../../canonical/refusal.ts';
import {
  type ChatRequest,
  EFFORTS,
  PLAIN_REQUEST,
  type Reasoning,
  type ResponseFormat,
  type ServiceTier,
} from '../../../canonical/request.ts';
import { createDroppedNames } from '../../dropped-names.ts';
import { invalidValue, missingParameter, notOneOf } from '../../refusals.ts';
import { decodeInput } from './decode-input.ts';
import { decodeTools } from './decode-tools.ts';
import { ENCRYPTED_REASONING, judgeParameters } from './parameter-rules.ts';
import type { ResponseBody } from './schema.ts';

export interface DecodedRequest {
  request: ChatRequest;
  /** Names of parameters that were accepted and have no effect; safe as a header value when joined by commas. */
  dropped: string[];
  /** Tools whose calls are unwrapped into custom tool calls. */
  customNames: ReadonlySet<string>;
  /** The client wants to keep what the model thought. */
  includesThoughts: boolean;
}

/**
 * @param body validated against `ResponseBody`
 * @throws Refusal of kind `missing_parameter`, `invalid_type`, `invalid_value`, `unsupported_parameter` or
 *   `unsupported_value`, with the path of the field
 */
export function decodeRequest(body: ResponseBody): DecodedRequest {
  const stream = body.stream ?? false;
  if (!stream && isGiven(body.stream_options)) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw new Refusal('invalid_value', message, { param: 'stream_options' });
  }
  const dropped = createDroppedNames();
  for (const name of judgeParameters(body)) dropped.add(name);
  if (!isGiven(body.input)) throw missingParameter('input');
  const { system, turns, dropped: droppedItems } = decodeInput(body.input);
  const { tools, toolChoice, customNames, dropped: droppedOfTools } = decodeTools(body);
  const instructions = body.instructions ?? '';
  const { reasoning, dropped: droppedOfReasoning } = decodeReasoning(body.reasoning ?? null);
  for (const name of [...droppedItems, ...droppedOfTools, ...droppedOfReasoning]) dropped.add(name);
  return {
    request: {
      ...PLAIN_REQUEST,
      model: body.model,
      system: instructions === '' ? system : [{ kind: 'text', text: instructions }, ...system],
      turns,
      tools,
      toolChoice,
      allowsParallelTools: body.parallel_tool_calls ?? null,
      responseFormat: decodeFormat(body.text?.format ?? null),
      reasoning,
      maxOutputTokens: body.max_output_tokens ?? null,
      temperature: body.temperature ?? null,
      topP: body.top_p ?? null,
      serviceTier: decodeTier(body.service_tier ?? null),
      allowsAutomaticCaching: body.prompt_cache_options?.mode !== 'explicit',
      stream,
    },
    dropped: dropped.list(),
    customNames,
    includesThoughts: body.include?.includes(ENCRYPTED_REASONING) ?? false,
  };
}

const FORMATS = ['text', 'json_object', 'json_schema'];

type Format = NonNullable<NonNullable<ResponseBody['text']>['format']>;

function decodeFormat(format: Format | null): ResponseFormat | null {
  if (format === null || format.type === 'text') return null;
  if (format.type === 'json_object') return { kind: 'json' };
  if (format.type !== 'json_schema') throw notOneOf('text.format.type', format.type, FORMATS);
  const { name, schema } = format;
  if (name === undefined || name === null) throw missingParameter('text.format.name');
  if (name === '') throw invalidValue('text.format.name', 'expected a string that is not empty');
  if (schema === undefined || schema === null) throw missingParameter('text.format.schema');
  return {
    kind: 'schema',
    name,
    description: format.description ?? null,
    // A validated JSON object: string keys and values that are the client's affair.
    schema: schema as Extract<ResponseFormat, { kind: 'schema' }>['schema'],
    isStrict: format.strict === true,
  };
}

const SUMMARIES = ['auto', 'concise', 'detailed'];
const CONTEXTS = ['auto', 'current_turn', 'all_turns'];
const KNOWN_OF_REASONING = ['effort', 'summary', 'generate_summary', 'context'];

function decodeReasoning(asked: NonNullable<ResponseBody['reasoning']> | null): {
  reasoning: Reasoning | null;
  dropped: string[];
} {
  if (asked === null) return { reasoning: null, dropped: [] };
  const dropped = Object.keys(asked)
    .filter((name) => !KNOWN_OF_REASONING.includes(name))
    .map((name) => `reasoning.${name}`);
  const { effort, context } = asked;
  const summary = asked.summary ?? asked.generate_summary ?? null;
  if (summary !== null && !SUMMARIES.includes(summary))
    throw notOneOf('reasoning.summary', summary, SUMMARIES);
  if (isGiven(context)) {
    if (!CONTEXTS.includes(context)) throw notOneOf('reasoning.context', context, CONTEXTS);
    // What of earlier thought the model sees is what the client sends back of it.
    if (context !== 'auto') dropped.push('reasoning.context');
  }
  const display = summary === null ? {} : { display: 'summarized' as const };
  if (effort === 'none') return { reasoning: { mode: 'off' }, dropped };
  if (!isGiven(effort))
    return { reasoning: summary === null ? null : { mode: 'default', ...display }, dropped };
  const known = EFFORTS.find((each) => each === effort);
  if (known === undefined) throw notOneOf('reasoning.effort', effort, ['none', ...EFFORTS]);
  return { reasoning: { mode: 'default', effort: known, ...display }, dropped };
}

const TIERS: readonly ServiceTier[] = ['default', 'flex', 'priority'];

/** `auto`, and the tiers that Bedrock does not have, are left to the model's own. */
function decodeTier(word: string | null): ServiceTier | null {
  return TIERS.find((each) => each === word) ?? null;
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}
