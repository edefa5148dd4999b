// Making and changing channels. Every change stands in the audit log, with nothing secret in it.
import type { FastifyInstance } from 'fastify';
import { ChannelInvalid, ChannelNotFound, MailNotConfigured } from '../errors.ts';
import type { CreateChannelBody, UpdateChannelBody } from '../schemas.ts';
import type { Channel, ChannelFilter, ChannelRepository, NewChannelFacts } from './repository.ts';
import { addressFault, cutAddress, newSecret, readSecret } from './secrets.ts';

/** Who does it, in which request. */
export interface Author {
  actor: string;
  requestId: string;
}

export interface ChannelServiceDeps {
  repository: ChannelRepository;
  auditLog: FastifyInstance['auditLog'];
  canMail: boolean;
}

export type ChannelService = ReturnType<typeof createChannelService>;

export function createChannelService({ repository, auditLog, canMail }: ChannelServiceDeps) {
  return {
    list: (filter: ChannelFilter) => repository.list(filter),

    /** @returns the channel, and the secret if the gateway made it: the only time it is shown */
    async create(
      body: CreateChannelBody,
      author: Author,
    ): Promise<{ channel: Channel; secret: string | null }> {
      const made = body.kind === 'webhook' && !body.secret ? newSecret() : null;
      const facts: NewChannelFacts = {
        name: body.name,
        kind: body.kind,
        status: body.status ?? 'active',
        url: body.url ?? null,
        secret: made ?? (body.secret || null),
        recipients: body.recipients ?? [],
        notifiesOwner: body.notifies_owner ?? false,
      };
      check(facts, canMail);
      return repository.transaction(async (tx) => {
        const channel = await repository.insert(tx, facts);
        await auditLog.record(tx, author, {
          action: 'alert_channel.create',
          target: `alert_channel:${channel.id}`,
          before: null,
          after: auditFacts(channel),
        });
        return { channel, secret: made };
      });
    },

    /** What is absent stays; an empty `secret` takes a Feishu channel's signature away. */
    async update({ id, ...body }: UpdateChannelBody, author: Author): Promise<Channel> {
      return repository.transaction(async (tx) => {
        const before = await repository.lock(tx, id);
        if (before === undefined) throw new ChannelNotFound();
        const facts: NewChannelFacts = {
          name: body.name ?? before.name,
          kind: before.kind,
          status: body.status ?? before.status,
          url: body.url ?? before.url,
          secret: body.secret === undefined ? before.secret : body.secret || null,
          recipients: body.recipients ?? before.recipients,
          notifiesOwner: body.notifies_owner ?? before.notifiesOwner,
        };
        check(facts, canMail);
        const { kind: _fixed, ...changed } = facts;
        const after = await repository.update(tx, id, changed);
        await auditLog.record(tx, author, {
          action: 'alert_channel.update',
          target: `alert_channel:${id}`,
          before: auditFacts(before),
          after: {
            ...auditFacts(after),
            // Their values are not shown; that they changed is.
            ...(after.url !== before.url && { is_address_changed: true }),
            ...(after.secret !== before.secret && { is_secret_changed: true }),
          },
        });
        return after;
      });
    },

    /** Nothing more is sent to it; what was sent stays in the list of alerts. */
    async remove(id: number, author: Author): Promise<void> {
      await repository.transaction(async (tx) => {
        const before = await repository.lock(tx, id);
        if (before === undefined) throw new ChannelNotFound();
        await repository.remove(tx, id);
        await auditLog.record(tx, author, {
          action: 'alert_channel.delete',
          target: `alert_channel:${id}`,
          before: auditFacts(before),
          after: null,
        });
      });
    },
  };
}

/** Has the channel what its kind needs, and nothing that it does not know? */
function check({ kind, url, secret, recipients, notifiesOwner }: NewChannelFacts, canMail: boolean): void {
  if (kind === 'email') {
    if (!canMail) throw new MailNotConfigured();
    if (url !== null) throw new ChannelInvalid('url', 'an e-mail channel has none');
    if (secret !== null) throw new ChannelInvalid('secret', 'an e-mail channel has none');
    if (recipients.length === 0 && !notifiesOwner)
      throw new ChannelInvalid('recipients', 'name at least one, or switch notifies_owner on');
    return;
  }
  if (recipients.length > 0) throw new ChannelInvalid('recipients', 'only an e-mail channel has them');
  if (notifiesOwner) throw new ChannelInvalid('notifies_owner', 'only an e-mail channel can');
  const fault = url === null ? 'is required' : addressFault(url);
  if (fault !== undefined) throw new ChannelInvalid('url', fault);
  if (kind === 'slack' && secret !== null) throw new ChannelInvalid('secret', 'a Slack channel has none');
  if (kind === 'webhook' && readSecret(secret ?? '') === undefined)
    throw new ChannelInvalid('secret', 'must be whsec_ and 24 to 64 bytes in base64');
}

function auditFacts({ name, kind, status, url, secret, recipients, notifiesOwner }: Channel) {
  return {
    name,
    kind,
    status,
    address: cutAddress(url),
    is_signed: secret !== null,
    recipients,
    notifies_owner: notifiesOwner,
  };
}
