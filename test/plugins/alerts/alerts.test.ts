import './forecast.spec.ts';
import './messages.spec.ts';
import './channels.spec.ts';
import './sweep.spec.ts';
import './delivery.spec.ts';
import './mail.spec.ts';
import './replicas.spec.ts';
