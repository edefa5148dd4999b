// Who recorded something, as people know them.
import { useI18n } from '../../composables/use-i18n.ts';
import { excerpt } from '../../format/text.ts';
import { useKeyNames } from '../keys/use-keys.ts';

/** `key:7` is a person, `bootstrap` the key of the configuration. Names are known to administrators only. */
export function useActorName(knowsKeys: boolean) {
  const { t } = useI18n();
  const keyName = useKeyNames(knowsKeys);
  return (actor: string): string => {
    const id = /^key:(\d+)$/.exec(actor)?.[1];
    if (id !== undefined) return keyName(Number(id));
    return actor === 'bootstrap' ? t('role.bootstrap') : excerpt(actor, 40);
  };
}
