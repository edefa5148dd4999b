import './chat-proxy/cut-media.spec.ts';
import './chat-proxy/session-key.spec.ts';
import './chat-proxy/spoken.spec.ts';
import './sessions/grouping.spec.ts';
