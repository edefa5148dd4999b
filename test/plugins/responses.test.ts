// OpenAI's Responses through the whole gateway: one process for all its specs.
import './chat-proxy/responses.spec.ts';
import './chat-proxy/responses-ai-sdk.spec.ts';
