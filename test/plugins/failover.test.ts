import './chat-proxy/failover.spec.ts';
import './chat-proxy/failover-ends.spec.ts';
