// OpenAI's Responses on the wire: one process for all its specs.
import './openai/responses/decode-parameters.spec.ts';
import './openai/responses/decode-input.spec.ts';
import './openai/responses/decode-tools.spec.ts';
import './openai/responses/encrypted-content.spec.ts';
import './openai/responses/read-custom-input.spec.ts';
import './openai/responses/encode-response.spec.ts';
import './openai/responses/encode-stream.spec.ts';
import './openai/responses/encode-error.spec.ts';
import './openai/responses/properties.spec.ts';
import './openai/responses/codex.spec.ts';
