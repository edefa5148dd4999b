// The OpenAI Chat dialect and the event parser it shares: one process for all its specs.
import './openai/sse.spec.ts';
import './openai/chat/schema.spec.ts';
import './openai/chat/decode-parameters.spec.ts';
import './openai/chat/decode-messages.spec.ts';
import './openai/chat/decode-tools.spec.ts';
import './openai/chat/decode-history.spec.ts';
import './openai/chat/decode-media.spec.ts';
import './openai/chat/encode-response.spec.ts';
import './openai/chat/encode-stream.spec.ts';
import './openai/encode-error.spec.ts';
import './openai/chat/sdk.spec.ts';
