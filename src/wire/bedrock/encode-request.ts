// ChatRequest -> the bodies of Converse and ConverseStream, and what must be known to read their answers. Never changes
// what it is given.
import type { JsonObject, TextBlock } from '../../canonical/content.ts';
import type { ChatRequest, DroppedFeature } from '../../canonical/request.ts';
import type { ConverseBody, OutputConfig } from './converse-body.ts';
import { placeCachePoints } from './encode-caching.ts';
import { cachePoint } from './encode-content.ts';
import { encodeInference, encodeSamplingFields } from './encode-inference.ts';
import { encodeMessages } from './encode-messages.ts';
import { encodeService } from './encode-service.ts';
import { type EncodedTools, encodeAnswerTool, encodeTools } from './encode-tools.ts';
import { beginEncoding, type Encoding, type EncodingTraits, isVisible } from './encoding.ts';
import { historyOf } from './history.ts';
import { type MergeRules, mergeTurns } from './merge-turns.ts';
import { pairTools, toolNamesIn } from './pair-tools.ts';
import { planReasoning } from './plan-reasoning.ts';
import { planStructure, type StructurePlan } from './plan-structure.ts';
import { PLAIN_READING, type Reading } from './reading.ts';
import type { ReasoningPlan } from './reasoning-plan.ts';
import { createToolNames } from './tool-names.ts';

export interface EncodedRequest {
  /** Of Converse. */
  body: ConverseBody;
  /** Of ConverseStream: the same but for the members that have other words there. */
  streamBody: ConverseBody;
  /** Effective limit, tokens. */
  maxOutputTokens: number;
  dropped: DroppedFeature[];
  reading: Reading;
}

/**
 * Bedrock's rules are those of the Converse API reference and of the models behind it.
 *
 * @throws Refusal for what the model cannot do, naming the field
 */
export function encodeRequest(request: ChatRequest, traits: EncodingTraits): EncodedRequest {
  const encoding = beginEncoding(traits);
  const { drafts, toolIds } = pairTools(mergeTurns(request.turns, mergeRules(request, encoding)), {
    shortIds: encoding.capabilities.shortToolIds === true,
  });
  const calledBefore = toolNamesIn(drafts);
  const hasTools = request.tools.length > 0 || calledBefore.length > 0;
  const history = historyOf(drafts, encoding);
  const plan = planReasoning(request, { traits, encoding, history: { ...history, hasTools } });
  const structure = planStructure(request, { encoding, plan, hasTools, ...history });
  const names = createToolNames([...namesIn(request), ...calledBefore]);
  const tools =
    structure.kind === 'tool'
      ? encodeAnswerTool(structure.tool, { encoding, names })
      : encodeTools(request, { encoding, names, plan, calledBefore });
  const instructions = instructionsOf(request, [...tools.instructions, ...wordsOf(structure)]);
  const isApart = encoding.capabilities.systemPrompt !== false;
  const messages = encodeMessages(drafts, {
    encoding,
    toolNames: names,
    instructions: isApart ? [] : instructions,
  });
  const prefix = placeCachePoints(
    {
      tools: tools.toolConfig?.tools ?? [],
      system: isApart ? instructions.flatMap(encodeInstruction) : [],
      messages,
    },
    { allowsAutomatic: request.allowsAutomaticCaching, encoding },
  );
  const inferenceConfig = encodeInference(request, plan, encoding);
  const service = encodeService(request, encoding);
  const fields = modelFields(request, { encoding, plan, tools });
  const outputConfig = outputConfigOf(plan, structure);
  const bodyFor = (isStreamed: boolean): ConverseBody => ({
    messages: prefix.messages,
    ...(prefix.system.length > 0 && { system: prefix.system }),
    inferenceConfig,
    ...(tools.toolConfig !== undefined && { toolConfig: { ...tools.toolConfig, tools: prefix.tools } }),
    ...service.guardrail(isStreamed),
    ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
    ...service.responseFields(isStreamed),
    ...service.tier,
    ...(outputConfig !== undefined && { outputConfig }),
  });
  return {
    body: bodyFor(false),
    streamBody: bodyFor(true),
    maxOutputTokens: plan.maxOutputTokens,
    reading: {
      ...PLAIN_READING,
      inputIncludesCached: encoding.capabilities.inputIncludesCached ?? false,
      toolNames: names.aliases,
      toolIds,
      answerTool: structure.kind === 'tool' ? names.encode(structure.tool.name) : null,
      extractsJson: structure.kind === 'words',
    },
    dropped: [...encoding.dropped],
  };
}

/** Only Claude signs its thoughts; GPT hands them over redacted. */
function mergeRules({ turns }: ChatRequest, { capabilities, isClaude, dropped }: Encoding): MergeRules {
  const keepsReasoning = isClaude && capabilities.reasoning !== 'none';
  const keepsRedacted = keepsReasoning || capabilities.reasoning === 'effort';
  const hasRedacted = turns.some(({ content }) => content.some(({ kind }) => kind === 'redacted-reasoning'));
  if (hasRedacted && !keepsRedacted) dropped.add('reasoning');
  return {
    keepsSystemRole: capabilities.midSystem === true && capabilities.systemPrompt !== false,
    keepsReasoning,
    keepsRedacted,
  };
}

function namesIn({ tools, responseFormat }: ChatRequest): string[] {
  const names = tools.map(({ name }) => name);
  return responseFormat?.kind === 'schema' ? [...names, responseFormat.name] : names;
}

function wordsOf(structure: StructurePlan): string[] {
  return structure.kind === 'words' ? [structure.instruction] : [];
}

/** The gateway's own come last, so that the client's keep their cached prefix. */
function instructionsOf({ system }: ChatRequest, added: readonly string[]): TextBlock[] {
  return [
    ...system.filter(({ text }) => isVisible(text)),
    ...added.map((text): TextBlock => ({ kind: 'text', text })),
  ];
}

function encodeInstruction({ text, cacheAfter }: TextBlock) {
  return cacheAfter === undefined ? [{ text }] : [{ text }, cachePoint(cacheAfter)];
}

function outputConfigOf({ effort }: ReasoningPlan, structure: StructurePlan): OutputConfig | undefined {
  if (structure.kind !== 'native') return effort === undefined ? undefined : { effort };
  return { textFormat: structure.textFormat, ...(effort !== undefined && { effort }) };
}

function modelFields(
  request: ChatRequest,
  { encoding, plan, tools }: { encoding: Encoding; plan: ReasoningPlan; tools: EncodedTools },
): JsonObject {
  const betas = encoding.isClaude ? [...new Set([...request.betas, ...plan.betas])] : [];
  if (request.betas.length > 0 && !encoding.isClaude) encoding.dropped.add('betas');
  return {
    ...plan.fields,
    ...encodeSamplingFields(request, plan, encoding),
    ...tools.fields,
    ...(betas.length > 0 && { anthropic_beta: betas }),
  };
}
