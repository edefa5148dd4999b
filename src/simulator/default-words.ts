// What the simulator says when no test told it what to say: JSON for who wants a form, a tool for who asks for one,
// and prose for everybody else, ended by the caller's own limits.
import type { Answer, AnswerBlock } from './answer.ts';
import type { Call, OfferedTool } from './call.ts';
import { cutToTokens } from './count-tokens.ts';
import { splitIntoPieces } from './pieces.ts';
import { writeAnswer } from './prose.ts';
import { sampleOf } from './sample-json.ts';
import { wantedTools } from './tool-wish.ts';

type Words = Pick<Answer, 'blocks' | 'stopReason' | 'stopSequence'>;

export function defaultWords(call: Call, wordsPerDelta: number): Words {
  const { tools, toolUse, toolResults, textSchema } = call.wishes;
  const calls = toolResults === null ? wantedTools(call.lastUserText, tools) : [];
  const [first] = tools;
  if (calls.length === 0 && toolUse === 'must' && first !== undefined)
    calls.push({ tool: first, input: null });
  if (calls.length > 0) {
    const blocks = calls.map(({ tool, input }, index) => callOf(tool, input ?? sampleOf(tool.schema), index));
    return { blocks, stopReason: 'tool_use', stopSequence: null };
  }
  return speak(wholeText(call, textSchema, toolResults), call, wordsPerDelta);
}

function wholeText(call: Call, schema: unknown, toolResults: string | null): string {
  if (schema !== null) return JSON.stringify(sampleOf(schema));
  return toolResults === null ? writeAnswer(call) : `The tool answered: ${toolResults}`;
}

function speak(whole: string, call: Call, wordsPerDelta: number): Words {
  let text = whole;
  let stopSequence: string | null = null;
  for (const sequence of call.stopSequences) {
    const at = text.indexOf(sequence);
    if (at < 0) continue;
    text = text.slice(0, at);
    stopSequence = sequence;
  }
  const short = call.maxTokens === null ? text : cutToTokens(text, call.maxTokens);
  const deltas = splitIntoPieces(short, wordsPerDelta);
  const blocks: AnswerBlock[] = short === '' ? [] : [{ kind: 'text', deltas }];
  if (short.length < text.length) return { blocks, stopReason: 'max_tokens', stopSequence: null };
  return { blocks, stopReason: stopSequence === null ? 'end_turn' : 'stop_sequence', stopSequence };
}

const FRAGMENT_CHARACTERS = 12;

/** As the service does: the first fragment is empty, and what follows is cut anywhere. */
function callOf(tool: OfferedTool, input: unknown, index: number): AnswerBlock {
  const json = JSON.stringify(input);
  const fragments = [''];
  for (let at = 0; at < json.length; at += FRAGMENT_CHARACTERS) {
    fragments.push(json.slice(at, at + FRAGMENT_CHARACTERS));
  }
  const id = crypto.randomUUID().replaceAll('-', '').slice(0, 20);
  return { kind: 'tool', toolUseId: `tooluse_${id}${index}`, name: tool.name, fragments };
}
