// Alerts and channels of the mock gateway.
import type { AlertRow, ChannelRow, DeliveryRow, NewChannel } from '../../src/plugins/alerts/schemas.ts';
import type { Asked } from './mock-routes.ts';

export const NEW_CHANNEL_SECRET = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const NOW = '2026-11-20T10:00:00.000Z';

type List = <Row extends object>(rows: readonly Row[], asked: Asked, text: (row: Row) => string) => unknown;

export function makeChannels(): ChannelRow[] {
  const common = { status: 'active', is_signed: false, notifies_owner: false } as const;
  const recipients: string[] = [];
  const times = { created_at: NOW, updated_at: NOW };
  return [
    {
      ...common,
      ...times,
      id: 3,
      name: 'Finance',
      kind: 'email',
      address: '',
      recipients: ['finance@example.com', 'a-rather-long-address@subsidiary.example.com'],
      notifies_owner: true,
    },
    {
      ...common,
      ...times,
      id: 2,
      recipients,
      name: 'ops in Slack',
      kind: 'slack',
      address: 'hooks.slack.com/serv…',
      status: 'disabled',
    },
    {
      ...common,
      ...times,
      id: 1,
      recipients,
      name: 'Pager',
      kind: 'webhook',
      address: 'alerts.example.com/v1/i…',
      is_signed: true,
    },
  ];
}

export function makeAlerts(): AlertRow[] {
  const to = (channel_id: number, channel: string, more: Partial<DeliveryRow> = {}): DeliveryRow => ({
    channel_id,
    channel,
    kind: 'webhook',
    state: 'delivered',
    attempts: 1,
    error: null,
    next_attempt_at: null,
    delivered_at: NOW,
    ...more,
  });
  const common = {
    kind: 'threshold',
    watched: 'quota',
    window: 'month',
    starts_on: '2026-11-01',
    ends_at: '2026-12-01T00:00:00.000Z',
    group_id: null,
    projected: null,
    created_at: NOW,
  } as const;
  const long = 'Ana Sofía Carvalho de Albuquerque e Mello Pereira';
  return [
    {
      ...common,
      id: 4,
      threshold: 100,
      key_id: 5,
      owner: long,
      used: '10.0000000000',
      limit: '10.0000000000',
      deliveries: [to(1, 'Pager'), to(3, 'Finance')],
    },
    {
      ...common,
      id: 3,
      threshold: 100,
      kind: 'forecast',
      key_id: 2,
      owner: 'Support bot',
      used: '18.9034125000',
      limit: '20.0000000000',
      projected: '28.3551187500',
      deliveries: [
        to(1, 'Pager', { state: 'failed', attempts: 8, error: 'HTTP 503', delivered_at: null }),
        to(3, 'Finance'),
      ],
    },
    {
      ...common,
      id: 2,
      threshold: 80,
      watched: 'budget',
      window: 'day',
      key_id: null,
      group_id: 1,
      owner: 'default',
      used: '41.2000000000',
      limit: '50.0000000000',
      deliveries: [to(1, 'Pager', { state: 'failed', error: 'no answer in time', delivered_at: null })],
    },
    {
      ...common,
      id: 1,
      threshold: 50,
      key_id: 1,
      owner: 'Mira Lindqvist',
      used: '50.0000000000',
      limit: '100.0000000000',
      deliveries: [],
    },
  ];
}

export function createMockAlerts(
  list: List,
  missing: () => Error,
): Record<string, (asked: Asked) => unknown> {
  const channels = makeChannels();
  const alerts = makeAlerts();
  const find = (id: unknown) => {
    const channel = channels.find((each) => each.id === Number(id));
    if (!channel) throw missing();
    return channel;
  };

  function create({ body }: Asked): NewChannel {
    const { name, kind, recipients, notifies_owner } = body as Partial<ChannelRow>;
    const secret = kind === 'webhook' && body.secret === undefined ? NEW_CHANNEL_SECRET : null;
    const row: ChannelRow = {
      id: Math.max(0, ...channels.map(({ id }) => id)) + 1,
      name: name ?? '',
      kind: kind ?? 'webhook',
      status: 'active',
      address: typeof body.url === 'string' ? `${new URL(body.url).host}/…` : '',
      is_signed: secret !== null || body.secret !== undefined,
      recipients: recipients ?? [],
      notifies_owner: notifies_owner ?? false,
      created_at: NOW,
      updated_at: NOW,
    };
    channels.unshift(row);
    return { ...row, secret };
  }

  /** Slack fails, everything else arrives. */
  function test({ body }: Asked): AlertRow {
    const channel = find(body.id);
    const isFine = channel.kind !== 'slack';
    const row: AlertRow = {
      id: alerts.length + 1,
      kind: 'test',
      watched: 'none',
      threshold: 0,
      key_id: null,
      group_id: null,
      owner: '',
      window: 'total',
      starts_on: '2026-11-20',
      ends_at: null,
      used: '0.0000000000',
      limit: '0.0000000000',
      projected: null,
      created_at: NOW,
      deliveries: [
        {
          channel_id: channel.id,
          channel: channel.name,
          kind: channel.kind,
          state: isFine ? 'delivered' : 'failed',
          attempts: 1,
          error: isFine ? null : 'HTTP 404',
          next_attempt_at: null,
          delivered_at: isFine ? NOW : null,
        },
      ],
    };
    alerts.unshift(row);
    return row;
  }

  return {
    'GET /admin/alert/list': (asked) => {
      const state = asked.query.get('state');
      const found = alerts.filter((row) => !state || row.deliveries.some((each) => each.state === state));
      return list(found, asked, (row) => row.owner);
    },
    'GET /admin/alert-channel/list': (asked) => list(channels, asked, (row) => row.name),
    'POST /admin/alert-channel/create': create,
    'POST /admin/alert-channel/update': ({ body }) => {
      const { url: _hidden, secret: _secret, ...shown } = body;
      return Object.assign(find(body.id), shown);
    },
    'POST /admin/alert-channel/delete': ({ body }) => channels.splice(channels.indexOf(find(body.id)), 1),
    'POST /admin/alert-channel/test': test,
  };
}
