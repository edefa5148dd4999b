import './random.spec.ts';
import './verdict.spec.ts';
import './storm.spec.ts';
