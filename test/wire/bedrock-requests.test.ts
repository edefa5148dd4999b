// What Bedrock is asked for, as properties over every model of the catalogue: one process for these specs.
import './bedrock/converse-rules.spec.ts';
import './bedrock/same-bodies.spec.ts';
