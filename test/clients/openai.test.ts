// OpenAI's own SDK, on both of its routes.
import { openAiHelpers, openAiRaw, openAiStreamed } from './adapters/openai-chat.ts';
import { responsesRaw, responsesStreamed } from './adapters/openai-responses.ts';
import { runMatrix } from './run-matrix.ts';

runMatrix([openAiRaw, openAiStreamed, openAiHelpers, responsesRaw, responsesStreamed]);
