// Embeddings and pictures: one process for all their specs.
import './chat-proxy/embeddings.spec.ts';
import './chat-proxy/images.spec.ts';
