// What the seed catalogue says of every model, read from the migration that says it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelCapabilities } from '../../src/canonical/capabilities.ts';
import { findMigrations } from '../../src/db/migrate.ts';

/** Compiled specs lie one folder deeper, and the migrations do not travel with them. */
const MIGRATION = join(findMigrations(import.meta.dirname), '0012_model_kinds_and_capabilities.sql');

export interface SeedModel {
  baseId: string;
  capabilities: ModelCapabilities;
}

export const SEED_MODELS: readonly SeedModel[] = readSeed();

/** @throws if the seed does not have it */
export function seedModel(baseId: string): SeedModel {
  const model = SEED_MODELS.find((each) => each.baseId === baseId);
  if (model === undefined) throw new Error(`the seed has no model ${baseId}`);
  return model;
}

function readSeed(): SeedModel[] {
  const rows = readFileSync(MIGRATION, 'utf8').matchAll(/\('([a-z0-9.:-]+)', '(\{[^']*\})'\)/g);
  // The migration was written from these types.
  return [...rows].map(([, baseId = '', json = '']) => ({
    baseId,
    capabilities: JSON.parse(json) as ModelCapabilities,
  }));
}
