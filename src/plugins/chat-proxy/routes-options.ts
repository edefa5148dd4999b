// What every dialect's routes are given.
import type { Meters } from './meters.ts';
import type { Walk } from './walk.ts';

export interface DialectRoutesOptions {
  walk: Walk;
  meters: Meters;
  /** Bytes. */
  bodyLimit: number;
}
