// How alerts are worded and filtered. Pure.
import type { AlertRow, DeliveryState } from '../../../../src/plugins/alerts/schemas.ts';
import type { Translate } from '../../i18n/messages.ts';

export const STATES = ['pending', 'delivered', 'failed'] as const satisfies readonly DeliveryState[];

export function readState(text: string | undefined): DeliveryState | undefined {
  return STATES.find((state) => state === text);
}

/** `Monthly quota`, `Daily budget`; nothing for a test message. */
export function watchedText(t: Translate, { watched, window }: Pick<AlertRow, 'watched' | 'window'>): string {
  return watched === 'none' ? '' : t(`alertWatched.${watched}-${window}`);
}

/** How urgent it is, as a color: used up, nearly, on the way. */
export function alertColor({ kind, threshold }: Pick<AlertRow, 'kind' | 'threshold'>) {
  if (kind === 'test') return 'neutral';
  if (kind === 'forecast') return 'warning';
  if (threshold >= 100) return 'error';
  return threshold >= 75 ? 'warning' : 'info';
}
