// What every dialect's routes are given.
import type { Meters } from './meters.ts';
import type { Walk } from './walk.ts';
import type { WholeWork } from './whole-work.ts';

export interface DialectRoutesOptions {
  walk: Walk;
  /** The walk of what is answered whole. */
  work: WholeWork;
  meters: Meters;
  /** Bytes. */
  bodyLimit: number;
}
