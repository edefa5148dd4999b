// How an answer is given the form that the client wants: by the model's grammar, as the input of a forced tool, or in
// words; the first that this model and this request allow.
import type { ChatRequest, ResponseFormat, Tool } from '../../canonical/request.ts';
import type { OutputConfig } from './converse-body.ts';
import { isObjectSchema } from './encode-tool-schema.ts';
import type { Encoding } from './encoding.ts';
import { toNativeSchema } from './native-schema.ts';
import type { ReasoningPlan } from './reasoning-plan.ts';

export type StructurePlan =
  | { kind: 'none' }
  | { kind: 'native'; textFormat: OutputConfig['textFormat'] }
  | { kind: 'tool'; tool: Tool }
  | { kind: 'words'; instruction: string };

export interface StructureFacts {
  encoding: Encoding;
  plan: ReasoningPlan;
  /** Offered, or called earlier in the conversation. */
  hasTools: boolean;
  /** It ends with the assistant's own words. */
  isPrefilled: boolean;
  wantsCitations: boolean;
}

type Schema = Extract<ResponseFormat, { kind: 'schema' }>;

const ANY_OBJECT =
  'Respond with a single JSON object and nothing else: no explanation and no code fence around it.';

export function planStructure({ responseFormat }: ChatRequest, facts: StructureFacts): StructurePlan {
  if (responseFormat === null) return { kind: 'none' };
  if (responseFormat.kind === 'json') return { kind: 'words', instruction: ANY_OBJECT };
  return planNative(responseFormat, facts) ?? planTool(responseFormat, facts) ?? inWords(responseFormat);
}

/** Claude does not combine it with citations. */
function planNative(
  { name, description, schema }: Schema,
  { encoding, wantsCitations }: StructureFacts,
): StructurePlan | undefined {
  if (encoding.capabilities.nativeJsonSchema !== true || wantsCitations) return undefined;
  const native = toNativeSchema(schema);
  if (native === undefined) return undefined;
  const jsonSchema = {
    schema: JSON.stringify(native),
    name,
    ...(description !== null && description !== '' && { description }),
  };
  return { kind: 'native', textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}

function planTool(
  { name, description, schema }: Schema,
  { encoding, plan, hasTools, isPrefilled }: StructureFacts,
): StructurePlan | undefined {
  const { tools, forcedToolChoice } = encoding.capabilities;
  const mayForce = tools !== 'none' && forcedToolChoice !== false && !plan.isThinking;
  if (hasTools || isPrefilled || !mayForce || !isObjectSchema(schema)) return undefined;
  const what = description ?? 'Gives the answer in the form that was asked for.';
  return { kind: 'tool', tool: { name, description: what, inputSchema: schema, isStrict: false } };
}

function inWords({ description, schema }: Schema): StructurePlan {
  const instruction = [
    'Respond with a single JSON value that conforms to the JSON Schema below and nothing else: no explanation and no',
    `code fence around it.${description === null ? '' : ` What it is: ${description}`}\n${JSON.stringify(schema)}`,
  ].join(' ');
  return { kind: 'words', instruction };
}
