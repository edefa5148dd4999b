// The Bedrock dialect: one process for all its specs.
import './bedrock/encode-messages.spec.ts';
import './bedrock/encode-request.spec.ts';
import './bedrock/decode-usage.spec.ts';
import './bedrock/decode-response.spec.ts';
import './bedrock/decode-stream.spec.ts';
import './bedrock/decode-blocks.spec.ts';
import './bedrock/native-schema.spec.ts';
import './bedrock/extract-json.spec.ts';
import './bedrock/decode-error.spec.ts';
import './bedrock/embeddings.spec.ts';
import './bedrock/images.spec.ts';
