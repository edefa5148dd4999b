// The report of some days.
import { ReportRangeInvalid } from '../errors.ts';
import { createModelNames } from '../matching/models.ts';
import type { Report } from '../schemas.ts';
import { assembleReport } from './assemble.ts';
import type { Range, ReportRepository } from './repository.ts';

const MAX_DAYS = 93;
const DAY_MS = 86_400_000;

export interface ReportServiceDeps {
  repository: ReportRepository;
  now(): Date;
}

export function createReportService({ repository, now }: ReportServiceDeps) {
  return {
    /** @throws ReportRangeInvalid */
    async of(range: Range): Promise<Report> {
      const days = (dayOf(range.to) - dayOf(range.from)) / DAY_MS + 1;
      // A day that does not exist makes NaN, which is in no range.
      if (!(days >= 1 && days <= MAX_DAYS)) throw new ReportRangeInvalid();
      const facts = await repository.facts(range);
      return assembleReport(range, facts, { names: createModelNames(await repository.models()), now: now() });
    },
  };
}

export type ReportService = ReturnType<typeof createReportService>;

function dayOf(text: string): number {
  const time = Date.parse(`${text}T00:00:00Z`);
  // JavaScript takes the 31st of a short month for a day of the next.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? Number.NaN : time;
}
