// The regions this process has called, each under each of its identities, each resolved once; a failed resolution is
// tried again by the next call.
import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { nameOfSource, type UpstreamTarget } from '../../canonical/admission.ts';
import { configFor } from './credentials.ts';
import { authError, type Region, resolveRegion } from './region.ts';
import type { Environment } from './sdk-config.ts';

type Place = Pick<UpstreamTarget, 'region' | 'credentials'>;

export interface Regions {
  /** A promise only before the region is known. Rejects with an `UpstreamError` of kind `auth`. */
  of(place: Place): Region | Promise<Region>;
  close(): Promise<void>;
}

export interface RegionsOptions {
  config: BedrockRuntimeClientConfig;
  /** Where bearer tokens stand. */
  env: Environment;
  now: () => number;
}

export function createRegions({ config, env, now }: RegionsOptions): Regions {
  const resolved = new Map<string, Region>();
  const resolving = new Map<string, Promise<Region>>();

  async function start(name: string, place: Place): Promise<Region> {
    try {
      const { region } = place;
      const resolvedRegion = await resolveRegion({ region, config: identified(place), now });
      resolved.set(name, resolvedRegion);
      return resolvedRegion;
    } finally {
      resolving.delete(name);
    }
  }

  function identified({ region, credentials }: Place): BedrockRuntimeClientConfig {
    if (credentials === undefined) return config;
    try {
      return configFor(credentials, { config, env, region });
    } catch (error) {
      throw authError(error);
    }
  }

  return {
    of(place) {
      const { region, credentials } = place;
      const name = credentials === undefined ? region : `${region} ${nameOfSource(credentials)}`;
      const known = resolved.get(name) ?? resolving.get(name);
      if (known !== undefined) return known;
      const started = start(name, place);
      resolving.set(name, started);
      return started;
    },
    async close() {
      await Promise.allSettled(resolving.values());
      for (const region of resolved.values()) region.close();
      resolved.clear();
    },
  };
}
