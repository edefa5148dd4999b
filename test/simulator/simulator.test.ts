// One process for all specs of the simulator.
import './event-stream.spec.ts';
import './text.spec.ts';
import './wishes.spec.ts';
import './validation.spec.ts';
import './sdk.spec.ts';
import './count-tokens.spec.ts';
import './faults.spec.ts';
import './script.spec.ts';
import './journal.spec.ts';
import './main.spec.ts';
