// The Anthropic dialect: one process for all its specs.
import './anthropic/decode-request.spec.ts';
import './anthropic/decode-messages.spec.ts';
import './anthropic/refusals.spec.ts';
import './anthropic/properties.spec.ts';
import './anthropic/claude-code.spec.ts';
import './anthropic/encode-response.spec.ts';
import './anthropic/encode-stream.spec.ts';
import './anthropic/encode-error.spec.ts';
