// The room's tests in one process: each process costs more than a second.
import './load-config.spec.ts';
