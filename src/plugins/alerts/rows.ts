// Alerts and channels as the wire shows them: no secret, no whole address. Pure.
import { formatMoney } from '../../lib/money.ts';
import type { Channel } from './channels/repository.ts';
import { cutAddress } from './channels/secrets.ts';
import type { DeliveryEntry } from './deliveries/repository.ts';
import { watchedOf } from './messages/alert-text.ts';
import type { AlertEntry } from './repository.ts';
import type { AlertRow, ChannelRow, DeliveryRow, NewChannel } from './schemas.ts';

export function toChannelRow(channel: Channel): ChannelRow {
  return {
    id: channel.id,
    name: channel.name,
    kind: channel.kind,
    status: channel.status,
    address: cutAddress(channel.url),
    is_signed: channel.secret !== null,
    recipients: channel.recipients,
    notifies_owner: channel.notifiesOwner,
    created_at: channel.createdAt.toISOString(),
    updated_at: channel.updatedAt.toISOString(),
  };
}

export function toNewChannel(channel: Channel, secret: string | null): NewChannel {
  return { ...toChannelRow(channel), secret };
}

export function toAlertRow(alert: AlertEntry, deliveries: readonly DeliveryEntry[]): AlertRow {
  return {
    id: alert.id,
    kind: alert.kind,
    watched: watchedOf(alert.subject),
    threshold: alert.threshold,
    key_id: alert.keyId,
    group_id: alert.groupId,
    owner: alert.ownerName,
    window: alert.window,
    starts_on: alert.startsOn,
    ends_at: alert.endsAt?.toISOString() ?? null,
    used: formatMoney(alert.used),
    limit: formatMoney(alert.limitAmount),
    projected: alert.projected === null ? null : formatMoney(alert.projected),
    created_at: alert.createdAt.toISOString(),
    deliveries: deliveries.filter(({ alertId }) => alertId === alert.id).map(toDeliveryRow),
  };
}

function toDeliveryRow(delivery: DeliveryEntry): DeliveryRow {
  return {
    channel_id: delivery.channelId,
    channel: delivery.channel,
    kind: delivery.kind,
    state: delivery.state,
    attempts: delivery.attempts,
    error: delivery.lastError,
    next_attempt_at: delivery.state === 'pending' ? delivery.nextAttemptAt.toISOString() : null,
    delivered_at: delivery.deliveredAt?.toISOString() ?? null,
  };
}
