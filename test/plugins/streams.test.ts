// What streams promise their clients; one process, one after the other.
import './chat-proxy/bytes.spec.ts';
import './chat-proxy/pings.spec.ts';
import './chat-proxy/stream-answer.spec.ts';
