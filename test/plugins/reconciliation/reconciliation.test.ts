import './bill.spec.ts';
import './gateway.spec.ts';
import './invocation-log.spec.ts';
import './matching.spec.ts';
