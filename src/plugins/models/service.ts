// Changing the catalogue. Every change is audited in its own commit and announced to all replicas.
import type { FastifyInstance } from 'fastify';
import type { Listing } from '../../lib/page.ts';
import { decodeRequestSettings } from '../../lib/request-settings.ts';
import type { Author } from '../audit-log/index.ts';
import { ModelExists, ModelInvalid, ModelNotFound } from './errors.ts';
import { decodeCapabilities } from './map-capabilities.ts';
import type { ModelFilter, ModelRepository, ModelRow, NewModel } from './repository.ts';
import type { CreateModelBody, UpdateModelBody } from './schemas.ts';

export interface ModelServiceDeps {
  repository: ModelRepository;
  auditLog: FastifyInstance['auditLog'];
  /** Resolves when this process works with the changed catalogue. */
  reload(): Promise<void>;
}

export function createModelService({ repository, auditLog, reload }: ModelServiceDeps) {
  async function get(id: number): Promise<ModelRow> {
    const row = await repository.find(id);
    if (row === undefined) throw new ModelNotFound();
    return row;
  }

  return {
    get,
    list: (filter: ModelFilter): Promise<Listing<ModelRow>> => repository.list(filter),

    async create(body: CreateModelBody, author: Author): Promise<ModelRow> {
      const values: NewModel = { ...toColumns(body), displayName: body.display_name ?? body.name };
      checkLimits(values);
      const row = await repository.change(async (tx) => {
        if (await repository.isTaken(tx, values.name, null)) throw new ModelExists();
        const created = await repository.insert(tx, values);
        await auditLog.record(tx, author, {
          action: 'model.create',
          target: `model:${created.id}`,
          before: null,
          after: factsOf(created),
        });
        return created;
      });
      await reload();
      return row;
    },

    async update({ id, ...body }: UpdateModelBody, author: Author): Promise<ModelRow> {
      const change = toColumns(body);
      const row = await repository.change(async (tx) => {
        const before = await repository.find(id, tx);
        if (before === undefined) throw new ModelNotFound();
        checkLimits({ ...before, ...change });
        if (change.name !== undefined && (await repository.isTaken(tx, change.name, id)))
          throw new ModelExists();
        const after = await repository.update(tx, id, change);
        if (after === undefined) throw new ModelNotFound();
        await auditLog.record(tx, author, {
          action: 'model.update',
          target: `model:${id}`,
          before: factsOf(before),
          after: factsOf(after),
        });
        return after;
      });
      await reload();
      return row;
    },

    /** The name is unknown from now on. What was charged under it stays. */
    async remove(id: number, author: Author): Promise<void> {
      await repository.change(async (tx) => {
        const before = await repository.find(id, tx);
        if (before === undefined) throw new ModelNotFound();
        await repository.remove(tx, id);
        await auditLog.record(tx, author, {
          action: 'model.delete',
          target: `model:${id}`,
          before: factsOf(before),
          after: null,
        });
      });
      await reload();
    },
  };
}

export type ModelService = ReturnType<typeof createModelService>;

/** Only the members that the body names. */
function toColumns<T extends CreateModelBody | Omit<UpdateModelBody, 'id'>>(body: T) {
  const { base_id, price_scope, display_name, context_tokens, max_output_tokens, is_free, is_retired } = body;
  const columns = {
    name: body.name,
    kind: body.kind,
    target: body.target,
    baseId: base_id,
    priceScope: price_scope,
    region: body.region,
    displayName: display_name,
    vendor: body.vendor,
    contextTokens: context_tokens,
    maxOutputTokens: max_output_tokens,
    capabilities: body.capabilities && decodeCapabilities(body.capabilities),
    defaults: body.defaults && decodeRequestSettings(body.defaults),
    isFree: is_free,
    isRetired: is_retired,
  };
  const named = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  // What the body requires is there, because the schema has seen it; the rest is left out.
  return named as T extends CreateModelBody ? NewModel : Partial<NewModel>;
}

function checkLimits({
  contextTokens,
  maxOutputTokens,
  capabilities,
}: Pick<NewModel, 'contextTokens' | 'maxOutputTokens' | 'capabilities'>) {
  if (maxOutputTokens > contextTokens)
    throw new ModelInvalid('max_output_tokens', 'must not exceed context_tokens');
  if ((capabilities?.minMaxTokens ?? 1) > maxOutputTokens)
    throw new ModelInvalid('capabilities.min_max_tokens', 'must not exceed max_output_tokens');
}

function factsOf({ id: _id, createdAt: _createdAt, updatedAt: _updatedAt, ...facts }: ModelRow) {
  return facts;
}
