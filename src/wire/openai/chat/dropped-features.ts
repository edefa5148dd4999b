// What a model does not take, by the names that chat completions have for it.
import type { DroppedFeature } from '../../../canonical/request.ts';
import { DROPPED_NAMES } from '../dropped-features.ts';
import type { ToolStyle } from './decode-tools.ts';

const NAMES: Readonly<Record<DroppedFeature, string>> = {
  ...DROPPED_NAMES,
  reasoning: 'reasoning_effort',
  strictTools: 'tools.function.strict',
  latency: 'bedrock.performanceConfig',
  guardrail: 'bedrock.guardrailConfig',
};

/** @param isLegacy the client offered `functions`, which means one call at a time without saying so */
export function droppedName(feature: DroppedFeature, { isLegacy }: Pick<ToolStyle, 'isLegacy'>): string {
  return isLegacy && feature === 'parallelTools' ? 'functions' : NAMES[feature];
}
