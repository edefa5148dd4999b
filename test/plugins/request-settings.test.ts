import './chat-proxy/admission-proof.spec.ts';
import './chat-proxy/every-route.spec.ts';
import './chat-proxy/request-settings.spec.ts';
import './chat-proxy/service-tiers.spec.ts';
import './chat-proxy/strict-parameters.spec.ts';
import './models/defaults.spec.ts';
