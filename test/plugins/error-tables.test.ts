import './chat-proxy/error-tables.spec.ts';
