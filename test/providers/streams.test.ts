// Streams of every kind, byte by byte: an entry of its own, because it takes its time.
import './bedrock/same-streams.spec.ts';
