// Looks at every quota and budget and puts what there is to say into the outbox. Any replica, any time: what was said
// in a period is not said again.
import { ATTEMPT_LIMIT } from './deliveries/back-off.ts';
import { forecastOverrun } from './forecast.ts';
import type { AlertRepository } from './repository.ts';

export interface SweepDeps {
  repository: Pick<AlertRepository, 'insertCrossed' | 'listForecastCandidates' | 'insertForecasts'>;
  /** Percent. */
  thresholds: readonly number[];
}

/** @returns how many alerts were announced */
export async function sweep({ repository, thresholds }: SweepDeps): Promise<number> {
  const crossed = await repository.insertCrossed(thresholds, ATTEMPT_LIMIT);
  const forecasts = (await repository.listForecastCandidates()).flatMap((candidate) => {
    const projected = forecastOverrun(candidate);
    return projected === undefined ? [] : [{ ...pick(candidate), projected }];
  });
  if (forecasts.length === 0) return crossed;
  return crossed + (await repository.insertForecasts(forecasts, ATTEMPT_LIMIT));
}

function pick({ subject, startsOn }: { subject: string; startsOn: string }) {
  return { subject, startsOn };
}
