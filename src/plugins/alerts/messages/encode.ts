// An alert as each kind of channel wants it. Pure: values in, bodies and headers out. Names are written by people, so
// every format gets them in a form that it shows and does not obey.
import { createHmac } from 'node:crypto';
import { formatMoney, type Money } from '../../../lib/money.ts';
import { type AlertFacts, alertText } from './alert-text.ts';

export interface HttpMessage {
  headers: Record<string, string>;
  body: string;
}

export interface MailMessage {
  subject: string;
  text: string;
  messageId: string;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/**
 * JSON, signed after the Standard Webhooks specification. The id is the same in every try, the time is the try's own.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function encodeWebhook(alert: AlertFacts, secret: Buffer, at: Date): HttpMessage {
  const id = `msg_${alert.messageId}`;
  const timestamp = seconds(at);
  const body = JSON.stringify({
    type: `alert.${alert.kind}`,
    timestamp: alert.createdAt.toISOString(),
    data: { ...alertText(alert), ...webhookFacts(alert) },
  });
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    headers: {
      ...JSON_TYPE,
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  };
}

function webhookFacts(alert: AlertFacts) {
  if (alert.kind === 'test') return {};
  const money = (amount: Money | null) => (amount === null ? null : formatMoney(amount));
  return {
    watched: alert.watched,
    threshold: alert.threshold,
    key_id: alert.keyId,
    group_id: alert.groupId,
    owner: alert.ownerName,
    window: alert.window,
    starts_on: alert.startsOn,
    ends_at: alert.endsAt?.toISOString() ?? null,
    used: money(alert.used),
    limit: money(alert.limit),
    projected: money(alert.projected),
    currency: 'USD',
  };
}

/** An incoming webhook: `text` for notifications, blocks for the channel. */
export function encodeSlack(alert: AlertFacts): HttpMessage {
  const { title, lines } = alertText(alert);
  // https://api.slack.com/reference/surfaces/formatting#escaping: these three, or a name could call a whole channel.
  const safe = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const section = (text: string) => ({
    type: 'section',
    text: { type: 'mrkdwn', text: safe(text), verbatim: true },
  });
  return {
    headers: JSON_TYPE,
    body: JSON.stringify({
      text: safe([title, ...lines].join('\n')),
      mrkdwn: false,
      blocks: [section(title), section(lines.join('\n'))],
    }),
  };
}

/** A custom bot; with a secret it wants the time and a signature in the body. */
export function encodeFeishu(alert: AlertFacts, secret: string | null, at: Date): HttpMessage {
  const { title, lines } = alertText(alert);
  // Angle brackets would begin a tag (<at user_id="all">); their wide forms look the same and mean nothing.
  const safe = (text: string) => text.replaceAll('<', '＜').replaceAll('>', '＞');
  const paragraph = (text: string) => [{ tag: 'text', text: safe(text) }];
  const timestamp = seconds(at);
  return {
    headers: JSON_TYPE,
    body: JSON.stringify({
      // Feishu's scheme: time and secret are the key, the message is empty.
      ...(secret !== null && {
        timestamp,
        sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64'),
      }),
      msg_type: 'post',
      content: { post: { en_us: { title: safe(title), content: lines.map(paragraph) } } },
    }),
  };
}

/** Plain text, where nothing needs to be escaped; the mail library encodes the headers. */
export function encodeMail(alert: AlertFacts): MailMessage {
  const { title, lines } = alertText(alert);
  return {
    subject: title,
    text: `${[title, '', ...lines].join('\n')}\n`,
    messageId: `<${alert.messageId}@brconnector>`,
  };
}

function seconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1000));
}
