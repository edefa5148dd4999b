// Which of the dialogs about a key is open, shared by the list and the page of one key.
import { ref, shallowRef } from 'vue';
import type { KeyRow, KeyWithSecret, Role } from '../../../../src/plugins/keys/schemas.ts';

export type KeyDialog = 'form' | 'recharge' | 'rotate' | 'delete';

export function useKeyDialogs() {
  const dialog = ref<KeyDialog | null>(null);
  const row = shallowRef<KeyRow>();
  const role = ref<Role>('user');
  /** A secret just issued; kept only while it is shown. */
  const issued = shallowRef<KeyWithSecret | null>(null);

  return {
    dialog,
    row,
    role,
    issued,
    create(forRole: Role = 'user') {
      row.value = undefined;
      role.value = forRole;
      dialog.value = 'form';
    },
    show(which: KeyDialog, key: KeyRow) {
      row.value = key;
      dialog.value = which;
    },
  };
}

export type KeyDialogs = ReturnType<typeof useKeyDialogs>;
