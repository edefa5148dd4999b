// The OpenAI Chat dialect and the event parser it shares: one process for all its specs.
import './openai/sse.spec.ts';
import './openai/schema.spec.ts';
import './openai/decode-parameters.spec.ts';
import './openai/decode-messages.spec.ts';
import './openai/encode-response.spec.ts';
import './openai/encode-stream.spec.ts';
import './openai/encode-error.spec.ts';
import './openai/sdk.spec.ts';
