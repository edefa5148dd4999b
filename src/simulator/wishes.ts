// What a Converse request asks of its answer beside text: tools, a form, a tier, fields of the model's own answer.
import { NO_WISHES, type OfferedTool, type Wishes } from './call.ts';
import { invalid } from './errors.ts';
import { isObject, type JsonObject, listOf, textOf } from './json.ts';
import { isStream, type Operation } from './operation.ts';

/** Amazon's table of supported features: these call tools only in whole answers. */
const NO_STREAMED_TOOLS =
  /deepseek\.r1|meta\.llama(?:3|4)|mistral\.(?:mistral-7b|mixtral-8x7b|mistral-large-240[27]|pixtral-large)|ai21\.jamba/;

/** Throws ValidationException where the model does not do what is asked of it. */
export function readWishes(request: JsonObject, operation: Operation, modelId: string): Wishes {
  const { toolConfig, outputConfig, serviceTier, additionalModelResponseFieldPaths: paths } = request;
  if (isObject(toolConfig) && isStream(operation) && NO_STREAMED_TOOLS.test(modelId)) {
    throw invalid("This model doesn't support tool use in streaming mode.");
  }
  return {
    ...NO_WISHES,
    ...(isObject(toolConfig) && readTools(toolConfig)),
    toolResults: readResults(listOf(request.messages).at(-1)),
    textSchema: isObject(outputConfig) ? readSchema(outputConfig.textFormat) : null,
    serviceTier: isObject(serviceTier) ? textOf(serviceTier.type) : null,
    fieldPaths: listOf(paths).map(textOf),
  };
}

/** `any` leaves the choice among all tools, `tool` names the only one that may be called. */
function readTools(config: JsonObject): Pick<Wishes, 'tools' | 'toolUse'> {
  const offered = listOf(config.tools).flatMap((tool): OfferedTool[] => {
    const spec = isObject(tool) ? tool.toolSpec : undefined;
    if (!isObject(spec)) return [];
    const schema = isObject(spec.inputSchema) ? spec.inputSchema.json : undefined;
    return [{ name: textOf(spec.name), schema: isObject(schema) ? schema : {} }];
  });
  const choice = isObject(config.toolChoice) ? config.toolChoice : {};
  if (isObject(choice.any)) return { tools: offered, toolUse: 'must' };
  const only = isObject(choice.tool) ? textOf(choice.tool.name) : null;
  if (only === null) return { tools: offered, toolUse: 'choice' };
  return { tools: offered.filter(({ name }) => name === only), toolUse: 'must' };
}

function readResults(message: unknown): string | null {
  const blocks = isObject(message) ? listOf(message.content).filter(isObject) : [];
  const results = blocks.map((block) => block.toolResult).filter(isObject);
  if (results.length === 0) return null;
  const parts = results.flatMap((result) => listOf(result.content).filter(isObject));
  return parts.map((part) => textOf(part.text) || JSON.stringify(part.json ?? '')).join('\n');
}

function readSchema(format: unknown): JsonObject | null {
  const structure = isObject(format) && isObject(format.structure) ? format.structure : {};
  const schema = isObject(structure.jsonSchema) ? structure.jsonSchema.schema : undefined;
  if (schema === undefined) return null;
  try {
    const parsed: unknown = JSON.parse(textOf(schema));
    if (isObject(parsed)) return parsed;
  } catch {
    // As good as one that is no object.
  }
  throw invalid('The value at outputConfig.textFormat.structure.jsonSchema.schema is not a JSON schema.');
}
