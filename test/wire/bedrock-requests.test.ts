// What Bedrock is asked for: by tables, and as properties over every model of the catalogue. One process for all.
import './bedrock/encode-tools.spec.ts';
import './bedrock/encode-reasoning.spec.ts';
import './bedrock/encode-caching.spec.ts';
import './bedrock/encode-media.spec.ts';
import './bedrock/converse-rules.spec.ts';
import './bedrock/same-bodies.spec.ts';
