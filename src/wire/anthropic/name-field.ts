// Which field is to blame: the envelope has no member for it, so the message says it, in Anthropic's spelling.

/** What the house calls in OpenAI's words, because a provider does not know who asks. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['max_completion_tokens', 'max_tokens'],
  ['stop', 'stop_sequences'],
  ['reasoning_effort', 'output_config.effort'],
  ['response_format', 'output_config.format'],
  ['response_format.json_schema.schema', 'output_config.format.schema'],
  ['parallel_tool_calls', 'tool_choice.disable_parallel_tool_use'],
]);

/** The same of a tool's members. */
const TOOL_NAMES: ReadonlyMap<string, string> = new Map([
  ['function.parameters', 'input_schema'],
  ['function.name', 'name'],
  ['function.description', 'description'],
]);
const TOOL_MEMBER = /^(tools\[\d+\])\.(function\.\w+)/;

/** `messages[0].content` -> `messages.0.content` */
export function fieldName(param: string): string {
  const named = param.replace(TOOL_MEMBER, (whole, tool: string, member: string) => {
    const name = TOOL_NAMES.get(member);
    return name === undefined ? whole : `${tool}.${name}`;
  });
  return NAMES.get(param) ?? named.replaceAll(/\[(\d+)\]/g, '.$1');
}

/** The message with the field in it, once. */
export function nameField(message: string, param: string | null): string {
  if (param === null) return message;
  const name = fieldName(param);
  const told = message.replaceAll(`'${param}'`, `'${name}'`);
  return told.includes(name) ? told : `${name}: ${told}`;
}
