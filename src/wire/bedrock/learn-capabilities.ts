// What an upstream's refusal says about its model: a capability that the catalogue does not know or has wrong.
import type { ModelCapabilities } from '../../canonical/capabilities.ts';
import type { UpstreamError } from '../../canonical/upstream-error.ts';
import type { ConverseBody } from './converse-body.ts';

export interface Lesson {
  capabilities: Partial<ModelCapabilities>;
  /** It holds for every request to the model, not only for this one. */
  isOfModel: boolean;
}

interface Rule {
  /** Of the message, in lower case. */
  says: RegExp;
  /** It can only be about what we sent: a text that merely echoes a client's words teaches nothing. */
  asks: (body: ConverseBody) => boolean;
  teaches: Partial<ModelCapabilities>;
  isOfRequest?: boolean;
}

const EXTRA = 'extra inputs are not permitted';
const FORM = 'output_?config\\.(?:format|textformat)|output_format|json_schema|textformat';

/** Texts as Bedrock and the models behind it were seen to say them, the first that fits. */
const RULES: readonly Rule[] = [
  { says: /doesn't support tool use in streaming mode/, asks: hasTools, teaches: { tools: 'whole' } },
  { says: new RegExp(`\\bstrict\\b.*${EXTRA}`), asks: hasTools, teaches: { strictTools: false } },
  { says: new RegExp(`(?:${FORM}).*${EXTRA}`), asks: hasForm, teaches: { nativeJsonSchema: false } },
  { says: new RegExp(`\\beffort\\b.*${EXTRA}`), asks: hasEffort, teaches: { efforts: [] } },
  { says: new RegExp(`\\bttl\\b.*${EXTRA}`), asks: hasCachePoint, teaches: { cacheLifetime: '5m' } },
  // A schema that the grammar does not take says nothing about the next one.
  { says: new RegExp(FORM), asks: hasForm, teaches: { nativeJsonSchema: false }, isOfRequest: true },
  {
    says: /temperature.*top_?p.*cannot both be specified/,
    asks: ({ inferenceConfig: { temperature, topP } }) => temperature !== undefined && topP !== undefined,
    teaches: { sampling: 'temperature_or_top_p' },
  },
  {
    says: /\b(?:temperature|top_?p)\b.*deprecated for this model/,
    asks: ({ inferenceConfig: { temperature, topP } }) => temperature !== undefined || topP !== undefined,
    teaches: { sampling: 'none' },
  },
  { says: /\btop_?k\b.*deprecated for this model/, asks: hasTopK, teaches: { topK: 'none' } },
  {
    says: /\brole:? ['"`]system['"`]|value 'system' at '[^']*role'/,
    asks: hasInstruction,
    teaches: { midSystem: false },
  },
  { says: /did not allow prompt caching/, asks: hasCachePoint, teaches: { automaticCaching: false } },
  {
    says: /tool_?choice.*(?:not support|forces tool use)|forces tool use/,
    asks: hasForcedTool,
    teaches: { forcedToolChoice: false },
  },
];

/** Undefined: nothing that another form of the request could heed. */
export function learnCapabilities({ kind, message }: UpstreamError, body: ConverseBody): Lesson | undefined {
  if (kind !== 'rejected' && kind !== 'model_access') return undefined;
  const text = message.toLowerCase();
  const rule = RULES.find(({ says, asks }) => says.test(text) && asks(body));
  return rule && { capabilities: rule.teaches, isOfModel: rule.isOfRequest !== true };
}

function hasTools({ toolConfig }: ConverseBody): boolean {
  return toolConfig !== undefined;
}

function hasInstruction({ messages }: ConverseBody): boolean {
  return messages.some(({ role }) => role === 'system');
}

function hasForcedTool({ toolConfig, additionalModelRequestFields: fields }: ConverseBody): boolean {
  return toolConfig?.toolChoice !== undefined || fields?.tool_choice !== undefined;
}

function hasTopK({ additionalModelRequestFields: fields }: ConverseBody): boolean {
  return fields !== undefined && ['top_k', 'k', 'inferenceConfig'].some((name) => name in fields);
}

function hasCachePoint({ system = [], messages, toolConfig }: ConverseBody): boolean {
  const blocks: object[] = [
    ...system,
    ...messages.flatMap(({ content }) => content),
    ...(toolConfig?.tools ?? []),
  ];
  return blocks.some((block) => 'cachePoint' in block);
}

function hasForm({ outputConfig }: ConverseBody): boolean {
  return outputConfig?.textFormat !== undefined;
}

function hasEffort({ outputConfig }: ConverseBody): boolean {
  return outputConfig?.effort !== undefined;
}
