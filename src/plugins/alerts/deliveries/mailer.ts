// E-mail over the operator's SMTP server.
import { createTransport } from 'nodemailer';
import type { MailMessage } from '../messages/encode.ts';

export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password if the server wants them. */
  url: string;
  /** The sender, as in a From header. */
  from: string;
}

export interface Mailer {
  /** Resolves when the server has taken it for at least one recipient. The owner does not see the others. */
  send(
    message: MailMessage,
    to: { recipients: string[]; ownerEmail: string | null },
    signal: AbortSignal,
  ): Promise<void>;
}

export function createMailer({ url, from }: MailSettings, timeoutMs: number): Mailer {
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(message, { recipients, ownerEmail }, signal) {
      const owner = ownerEmail === null ? [] : [ownerEmail];
      const addresses = recipients.length > 0 ? { to: recipients, bcc: owner } : { to: owner };
      await abandonable(transport.sendMail({ ...message, from, ...addresses }), signal);
    },
  };
}

/** SMTP cannot be interrupted politely; what is abandoned ends by its socket's own time-out. */
function abandonable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abandon = () => reject(signal.reason);
    if (signal.aborted) abandon();
    signal.addEventListener('abort', abandon, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abandon));
  });
}
