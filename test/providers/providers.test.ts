// The upstream providers: one process for all their specs.
import './bedrock/frame.spec.ts';
import './bedrock/signer.spec.ts';
import './bedrock/sdk-config.spec.ts';
import './bedrock/event-groups.spec.ts';
import './bedrock/same-requests.spec.ts';
import './bedrock/count-tokens.spec.ts';
import './bedrock/same-events.spec.ts';
import './bedrock/identity.spec.ts';
import './bedrock/failures.spec.ts';
import './bedrock/connections.spec.ts';
