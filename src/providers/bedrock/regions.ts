// The regions this process has called, each resolved once; a failed resolution is tried again by the next call.
import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { type Region, resolveRegion } from './region.ts';

export interface Regions {
  /** A promise only before the region is known. Rejects with an `UpstreamError` of kind `auth`. */
  of(region: string): Region | Promise<Region>;
  close(): Promise<void>;
}

export function createRegions(options: { config: BedrockRuntimeClientConfig; now: () => number }): Regions {
  const resolved = new Map<string, Region>();
  const resolving = new Map<string, Promise<Region>>();

  async function start(name: string): Promise<Region> {
    try {
      const region = await resolveRegion({ ...options, region: name });
      resolved.set(name, region);
      return region;
    } finally {
      resolving.delete(name);
    }
  }

  return {
    of(name) {
      const known = resolved.get(name) ?? resolving.get(name);
      if (known !== undefined) return known;
      const started = start(name);
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
