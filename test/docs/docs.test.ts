// The room's tests in one process: each process costs more than a second.
import './names.spec.ts';
import './errors.spec.ts';
import './operations.spec.ts';
import './routes.spec.ts';
import './readme.spec.ts';
import './secret-scanning.spec.ts';
