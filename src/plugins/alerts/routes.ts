import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { succeed, success, successList } from '../../lib/envelope.ts';
import { page, parseSort } from '../../lib/page.ts';
import type { ChannelService } from './channels/service.ts';
import type { DeliveryEntry, DeliveryRepository } from './deliveries/repository.ts';
import type { AlertEntry, AlertRepository } from './repository.ts';
import { toAlertRow, toChannelRow, toNewChannel } from './rows.ts';
import {
  AlertListQuery,
  AlertRow,
  ChannelListQuery,
  ChannelReferenceBody,
  ChannelRow,
  CreateChannelBody,
  NewChannel,
  UpdateChannelBody,
} from './schemas.ts';

export interface AlertRouteDeps {
  alerts: Pick<AlertRepository, 'list'>;
  deliveries: Pick<DeliveryRepository, 'listOf'>;
  channels: ChannelService;
  test(channelId: number): Promise<{ alert: AlertEntry; deliveries: DeliveryEntry[] }>;
}

export const alertRoutes: FastifyPluginAsyncTypebox<AlertRouteDeps> = async (
  app,
  { alerts, deliveries, channels, test },
) => {
  const config = { access: 'admin' as const };

  app.get(
    '/admin/alert/list',
    { config, schema: { querystring: AlertListQuery, response: { 200: successList(AlertRow) } } },
    async ({ query }) => {
      const { items, total } = await alerts.list({ ...query, isAscending: isAscending(query.orderBy) });
      const entries = await deliveries.listOf(items.map(({ id }) => id));
      return succeed(page({ items: items.map((item) => toAlertRow(item, entries)), total }, query));
    },
  );
  app.get(
    '/admin/alert-channel/list',
    { config, schema: { querystring: ChannelListQuery, response: { 200: successList(ChannelRow) } } },
    async ({ query }) => {
      const { items, total } = await channels.list({ ...query, isAscending: isAscending(query.orderBy) });
      return succeed(page({ items: items.map(toChannelRow), total }, query));
    },
  );
  app.post(
    '/admin/alert-channel/create',
    { config, schema: { body: CreateChannelBody, response: { 200: success(NewChannel) } } },
    async (request) => {
      const { channel, secret } = await channels.create(request.body, authorOf(request));
      return succeed(toNewChannel(channel, secret));
    },
  );
  app.post(
    '/admin/alert-channel/update',
    { config, schema: { body: UpdateChannelBody, response: { 200: success(ChannelRow) } } },
    async (request) => succeed(toChannelRow(await channels.update(request.body, authorOf(request)))),
  );
  app.post(
    '/admin/alert-channel/delete',
    { config, schema: { body: ChannelReferenceBody, response: { 200: success(Type.Null()) } } },
    async (request) => {
      await channels.remove(request.body.id, authorOf(request));
      return succeed(null);
    },
  );
  app.post(
    '/admin/alert-channel/test',
    { config, schema: { body: ChannelReferenceBody, response: { 200: success(AlertRow) } } },
    async ({ body }) => {
      const sent = await test(body.id);
      return succeed(toAlertRow(sent.alert, sent.deliveries));
    },
  );
};

function authorOf(request: FastifyRequest) {
  return { actor: request.principal.actor, requestId: request.id };
}

function isAscending(orderBy: string | undefined): boolean {
  return !parseSort(orderBy, 'id').descending;
}
