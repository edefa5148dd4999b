// The words everything meets in: one process for their specs.
import './collect.spec.ts';
