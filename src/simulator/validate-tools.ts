// The rules of Converse for tools: their definitions, and that every use has its result in the next message.
import { invalid } from './errors.ts';
import { isObject, type JsonObject, listOf, textOf } from './json.ts';

const TOOL_KINDS = ['toolSpec', 'systemTool', 'cachePoint'];
const CHOICES = ['auto', 'any', 'tool'];
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const TOOL_USE_ID = /^[a-zA-Z0-9_.:-]{1,64}$/;

/** Throws ValidationException. */
export function validateTools(config: unknown, messages: readonly unknown[]): void {
  if (config !== undefined && config !== null) validateConfig(config);
  let expected: string[] = [];
  const known = new Set<string>();
  messages.forEach((message, index) => {
    const blocks = isObject(message) ? listOf(message.content).filter(isObject) : [];
    const uses = idsOf(blocks, 'toolUse', index);
    const results = idsOf(blocks, 'toolResult', index);
    if (uses.length + results.length > 0 && !isObject(config)) {
      throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
    }
    comparePairs(expected, results, index);
    for (const id of uses) {
      if (known.has(id))
        throw invalid('The model returned the following errors: `tool_use` ids must be unique');
      known.add(id);
    }
    expected = uses;
  });
  comparePairs(expected, [], messages.length);
}

function validateConfig(config: unknown): void {
  const tools = isObject(config) ? listOf(config.tools) : [];
  if (tools.length === 0) {
    throw invalid(
      'The tools field in the toolConfig object is empty. Add a tool to the tools field and try again.',
    );
  }
  tools.forEach((tool, index) => {
    const kinds = isObject(tool) ? Object.keys(tool) : [];
    if (kinds.length !== 1 || !TOOL_KINDS.includes(kinds[0] ?? '')) {
      throw invalid(
        `The Tool object at toolConfig.tools.${index} must set one of the following keys: ${TOOL_KINDS.join(', ')}.`,
      );
    }
    const spec = isObject(tool) ? tool.toolSpec : undefined;
    if (spec !== undefined) validateSpec(spec, `toolConfig.tools.${index}.toolSpec`);
  });
  const names = tools.flatMap((tool) =>
    isObject(tool) && isObject(tool.toolSpec) ? [tool.toolSpec.name] : [],
  );
  if (names.length === 0 && !tools.some((tool) => isObject(tool) && 'systemTool' in tool)) {
    throw invalid('The toolConfig object must have at least one tool beside its cache points.');
  }
  if (new Set(names).size < names.length) {
    throw invalid('The model returned the following errors: tools: Tool names must be unique.');
  }
  const choice = isObject(config) ? config.toolChoice : undefined;
  if (choice === undefined || choice === null) return;
  const kinds = isObject(choice) ? Object.keys(choice) : [];
  if (kinds.length !== 1 || !CHOICES.includes(kinds[0] ?? '')) {
    throw invalid(
      `The ToolChoice object at toolConfig.toolChoice must set one of the following keys: ${CHOICES.join(', ')}.`,
    );
  }
  const wanted = isObject(choice) && isObject(choice.tool) ? choice.tool.name : undefined;
  if (wanted !== undefined && !names.includes(wanted)) {
    throw invalid(`The tool '${String(wanted)}' of toolConfig.toolChoice is not in toolConfig.tools.`);
  }
}

function validateSpec(spec: unknown, at: string): void {
  const name = isObject(spec) ? textOf(spec.name) : '';
  if (!TOOL_NAME.test(name)) {
    throw invalid(
      `1 validation error detected: Value '${name}' at '${at}.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
    );
  }
  const { description, strict } = isObject(spec) ? spec : {};
  if (description !== undefined && (typeof description !== 'string' || description === '')) {
    throw invalid(
      `1 validation error detected: Value at '${at}.description' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    );
  }
  if (strict !== undefined && typeof strict !== 'boolean') {
    throw invalid(`The strict field at ${at} must be a boolean.`);
  }
  const schema = isObject(spec) && isObject(spec.inputSchema) ? spec.inputSchema.json : undefined;
  if (!isObject(schema) || schema.type !== 'object') {
    throw invalid(`The value at ${at}.inputSchema.json.type must be one of the following: object.`);
  }
}

function idsOf(blocks: readonly JsonObject[], kind: 'toolUse' | 'toolResult', message: number): string[] {
  return blocks.flatMap((block) => {
    const inner = block[kind];
    if (!isObject(inner)) return [];
    const id = textOf(inner.toolUseId);
    if (!TOOL_USE_ID.test(id)) {
      throw invalid(
        `1 validation error detected: Value '${id}' at 'messages.${message}.content.${kind}.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+`,
      );
    }
    if (kind === 'toolUse' && !TOOL_NAME.test(textOf(inner.name))) {
      throw invalid(
        `1 validation error detected: Value '${textOf(inner.name)}' at 'messages.${message}.content.toolUse.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
      );
    }
    if (kind === 'toolUse' && !isObject(inner.input)) {
      throw invalid(
        `The format of the value at messages.${message}.content.toolUse.input is invalid. Provide a json object for the field and try again.`,
      );
    }
    return [id];
  });
}

function comparePairs(uses: readonly string[], results: readonly string[], message: number): void {
  const missing = uses.filter((id) => !results.includes(id));
  if (missing.length > 0) {
    throw invalid(
      `Expected toolResult blocks at messages.${message}.content for the following Ids: ${missing.join(', ')}`,
    );
  }
  if (results.length > uses.length || results.some((id) => !uses.includes(id))) {
    throw invalid(
      `The number of toolResult blocks at messages.${message}.content exceeds the number of toolUse blocks of previous turn.`,
    );
  }
}
