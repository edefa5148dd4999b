// What to tell a person about a failed call.
import { ApiError } from '../api/client.ts';
import { excerpt } from '../format/text.ts';
import { useI18n } from './use-i18n.ts';

/** Long enough for any message of the gateway, short enough for a toast. */
const MAX_LENGTH = 300;

export function useFailureText() {
  const { t } = useI18n();
  return (error: unknown): string => {
    if (!(error instanceof ApiError)) return t('failure.unexpected');
    if (error.code === 'network') return t('failure.network');
    if (error.code === 'timeout') return t('failure.timeout');
    if (error.code === 'unreadable') return t('failure.unreadable', { status: error.status });
    if (error.status === 404) return t('failure.missing');
    if (error.status === 403) return t('failure.forbidden');
    if (error.status === 503) return t('failure.unavailable');
    return excerpt(error.message, MAX_LENGTH) || t('failure.unexpected');
  };
}
