// A chat in Bedrock's words, its two ways of being sent, and the other form that a refusal may call for.
import type { ChatRequest } from '../../canonical/request.ts';
import type { UpstreamError } from '../../canonical/upstream-error.ts';
import { decodeCountTokens, encodeCountTokens } from '../../wire/bedrock/count-tokens.ts';
import { type EncodedRequest, encodeRequest } from '../../wire/bedrock/encode-request.ts';
import { learnCapabilities } from '../../wire/bedrock/learn-capabilities.ts';
import type { ModelTraits, PreparedChat, PrepareOptions } from '../provider.ts';
import { collectAnswer, collectJson } from './collect-answer.ts';
import { EventGroups } from './event-groups.ts';
import type { Lessons } from './lessons.ts';
import { type Operation, type PrepareCallDeps, prepareCall, prepareJson } from './prepare-call.ts';
import { streamWhole } from './stream-whole.ts';

export interface PrepareChatDeps {
  calls: PrepareCallDeps;
  operations: Record<'converse' | 'converseStream' | 'countTokens', Operation>;
  lessons: Lessons;
}

interface Asked {
  request: ChatRequest;
  model: ModelTraits;
  options: PrepareOptions;
}

/** @throws Refusal for what this model cannot do */
export function prepareChat(deps: PrepareChatDeps, asked: Asked): PreparedChat {
  const model = withLearnt(asked.model, deps.lessons.of(asked.model.baseId));
  const form = prepareForm(deps, { ...asked, model });
  return { ...form.chat, remedy: (error) => remedy(deps, { asked: { ...asked, model }, form, error }) };
}

interface Form {
  encoded: EncodedRequest;
  isWhole: boolean;
  chat: Omit<PreparedChat, 'remedy'>;
}

function prepareForm({ calls, operations }: PrepareChatDeps, { request, model, options }: Asked): Form {
  const encoded = encodeRequest(request, { ...model, ...options });
  const { body, streamBody, reading, maxOutputTokens, dropped } = encoded;
  const isWhole = model.capabilities.tools === 'whole' && body.toolConfig !== undefined;
  const complete: PreparedChat['complete'] = async (call, { signal }) =>
    collectAnswer(
      await prepareCall(calls, { ...call, chat: body }, { ...operations.converse, signal }),
      reading,
    );
  const stream: PreparedChat['stream'] = (call, { signal }) => {
    const prepare = () =>
      prepareCall(calls, { ...call, chat: streamBody }, { ...operations.converseStream, signal });
    return new EventGroups(prepare, reading);
  };
  const chat: Form['chat'] = {
    maxOutputTokens,
    dropped,
    complete,
    stream: isWhole ? (call, how) => streamWhole(() => complete(call, how)) : stream,
    async countTokens({ target }, { signal }) {
      // Counted by the foundation model: profiles do not count.
      const counted = { target: { ...target, modelId: model.baseId }, json: encodeCountTokens(body) };
      const start = await prepareJson(calls, counted, { ...operations.countTokens, signal });
      return collectJson(start, decodeCountTokens);
    },
  };
  return { encoded, isWhole, chat };
}

/** One form is tried in place of the refused one, and only if it differs and costs no more than was held for. */
function remedy(
  deps: PrepareChatDeps,
  { asked, form, error }: { asked: Asked; form: Form; error: UpstreamError },
): PreparedChat | undefined {
  const lesson = learnCapabilities(error, form.encoded.body);
  if (lesson === undefined) return undefined;
  const { baseId } = asked.model;
  const other = prepareForm(deps, { ...asked, model: withLearnt(asked.model, lesson.capabilities) });
  const isSame = sayTheSame(form, other) || other.chat.maxOutputTokens > form.chat.maxOutputTokens;
  if (isSame) return undefined;
  const { chat } = other;
  // What the refusal said is believed once the other form is answered: it may have quoted a client's words.
  const learn = () => {
    if (lesson.isOfModel) deps.lessons.add(baseId, lesson.capabilities);
  };
  return {
    ...chat,
    async complete(call, how) {
      const answer = await chat.complete(call, how);
      learn();
      return answer;
    },
    stream: (call, how) => whenAnswered(chat.stream(call, how), learn),
    remedy: () => undefined,
  };
}

/** The same groups; `onAnswer` is called with the first. Leaving the loop early ends the call, as it does without. */
async function* whenAnswered<T>(groups: AsyncIterable<T>, onAnswer: () => void): AsyncGenerator<T, void> {
  let isFirst = true;
  for await (const group of groups) {
    if (isFirst) onAnswer();
    isFirst = false;
    yield group;
  }
}

function sayTheSame(one: Form, other: Form): boolean {
  return (
    one.isWhole === other.isWhole && JSON.stringify(one.encoded.body) === JSON.stringify(other.encoded.body)
  );
}

function withLearnt(model: ModelTraits, learnt: Partial<ModelTraits['capabilities']>): ModelTraits {
  return { ...model, capabilities: { ...model.capabilities, ...learnt } };
}
