// Groups as the wire and the audit log show them. Pure.
import type { Facts } from '../audit-log/index.ts';
import type { GroupOverview, GroupSettings } from './repository.ts';
import type { GroupRow, GroupUpdateBody } from './schemas.ts';

export function toRow(group: GroupOverview): GroupRow {
  return {
    id: group.id,
    name: group.name,
    description: group.description,
    allowed_models: group.allowedModels,
    requests_per_minute: group.requestsPerMinute,
    tokens_per_minute: group.tokensPerMinute,
    parallel_requests: group.parallelRequests,
    key_count: group.keyCount,
    created_at: group.createdAt.toISOString(),
    updated_at: group.updatedAt.toISOString(),
  };
}

/** What an administrator decides about a group. */
export function toFacts(group: GroupOverview): Facts {
  const { id: _id, key_count: _count, created_at: _created, updated_at: _updated, ...facts } = toRow(group);
  return facts;
}

/** Only what the body names. */
export function readSettings(body: Omit<GroupUpdateBody, 'id'>): Partial<GroupSettings> {
  const columns: Partial<GroupSettings> = {};
  if (body.name !== undefined) columns.name = body.name;
  if (body.description !== undefined) columns.description = body.description;
  if (body.allowed_models !== undefined) columns.allowedModels = body.allowed_models;
  if (body.requests_per_minute !== undefined) columns.requestsPerMinute = body.requests_per_minute;
  if (body.tokens_per_minute !== undefined) columns.tokensPerMinute = body.tokens_per_minute;
  if (body.parallel_requests !== undefined) columns.parallelRequests = body.parallel_requests;
  return columns;
}
