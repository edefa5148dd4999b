// What the dialogs that move money share: an amount, a reason, and one intention per opening, so that however often
// the button or the network repeats, money moves once (Idempotency-Key).
import { computed, type Ref, ref, watch } from 'vue';
import type { ApiError } from '../../api/client.ts';
import { isPositive, readAmount } from '../../format/money.ts';
import { randomId } from '../../format/uuid.ts';

export function useMoneyForm(open: Ref<boolean>, error: Ref<ApiError | null>) {
  const amount = ref('');
  const reason = ref('');
  const isChecked = ref(false);
  let intention = randomId();

  const readable = computed(() => {
    const read = readAmount(amount.value);
    return read !== null && isPositive(read) ? read : null;
  });
  const note = computed(() => reason.value.trim());

  watch(open, (isOpen) => {
    if (!isOpen) return;
    intention = randomId();
    amount.value = '';
    reason.value = '';
    isChecked.value = false;
    error.value = null;
  });
  // Another amount is another intention, unless the last try may still have moved money.
  watch([amount, reason], () => {
    if (error.value && error.value.status >= 400 && error.value.status < 500) intention = randomId();
  });

  return { amount, reason, isChecked, readable, note, intention: () => intention };
}
