// Which of the dialogs about a channel is open.
import { ref, shallowRef } from 'vue';
import type { ChannelRow, NewChannel } from '../../../../src/plugins/alerts/schemas.ts';

export type ChannelDialog = 'form' | 'delete';

export function useChannelDialogs() {
  const dialog = ref<ChannelDialog | null>(null);
  const row = shallowRef<ChannelRow>();
  /** With a secret just made; kept only while it is shown. */
  const issued = shallowRef<NewChannel | null>(null);

  return {
    dialog,
    row,
    issued,
    create() {
      row.value = undefined;
      dialog.value = 'form';
    },
    show(which: ChannelDialog, channel: ChannelRow) {
      row.value = channel;
      dialog.value = which;
    },
  };
}

export type ChannelDialogs = ReturnType<typeof useChannelDialogs>;
