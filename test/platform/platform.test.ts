import './health.spec.ts';
import './metrics.spec.ts';
import './database-away.spec.ts';
import './cross-origin.spec.ts';
import './request-ids.spec.ts';
import './console.spec.ts';
