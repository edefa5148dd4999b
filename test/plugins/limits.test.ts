import './limits/chat.spec.ts';
import './limits/parallel.spec.ts';
import './limits/properties.spec.ts';
import './limits/sdk.spec.ts';
import './limits/valkey.spec.ts';
