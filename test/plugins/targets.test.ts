import './chat-proxy/dispatch.spec.ts';
import './chat-proxy/offers.spec.ts';
import './chat-proxy/seldom.spec.ts';
import './chat-proxy/target-credentials.spec.ts';
import './chat-proxy/target-health.spec.ts';
import './models/targets.spec.ts';
