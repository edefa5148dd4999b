import createError from '@fastify/error';

export const ImportTooLarge = createError<[string]>('IMPORT_TOO_LARGE', 'the file is larger than %s', 413);
export const ImportUnreadable = createError<[string, ErrorOptions?]>(
  'IMPORT_UNREADABLE',
  'nothing was imported: %s',
  400,
);
export const ImportNotFound = createError('IMPORT_NOT_FOUND', 'no such import', 404);
export const ImportPosted = createError(
  'IMPORT_POSTED',
  'corrections that came of this import are in the ledger; it stays',
  409,
);
export const ImportBusy = createError('IMPORT_BUSY', 'another import is under way; try again shortly', 409);
export const ReportRangeInvalid = createError(
  'REPORT_RANGE_INVALID',
  'from: must be a day before or on `to`, at most 93 days',
  400,
);
export const ProposalNotOpen = createError<[string]>('PROPOSAL_NOT_OPEN', 'ids: not open proposals: %s', 409);
