// Sends files one after the other; the parts of one bill belong together.
import { useQueryClient } from '@tanstack/vue-query';
import { ref } from 'vue';
import type { ImportRow } from '../../../../src/plugins/reconciliation/schemas.ts';
import { useApi } from '../../api/index.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useAction } from '../../composables/use-action.ts';

interface Progress {
  name: string;
  /** 0 to 1; 1: everything has left, the gateway reads. */
  part: number;
}

export interface Imported {
  row: ImportRow;
  isKnown: boolean;
}

export function useImports() {
  const api = useApi();
  const queryClient = useQueryClient();
  const progress = ref<Progress>();
  const imported = ref<Imported[]>([]);

  const action = useAction(async (files: readonly File[], kind: ImportRow['kind']) => {
    imported.value = [];
    let billId: number | undefined;
    try {
      for (const file of files) {
        progress.value = { name: file.name, part: 0 };
        const query = { kind, name: file.name, adds_to: kind === 'cur' ? billId : undefined };
        const answer = await api.reconciliation.import(file, query, (part) => {
          progress.value = { name: file.name, part };
        });
        billId ??= answer.import.id;
        imported.value = [...imported.value, { row: answer.import, isKnown: answer.is_known }];
      }
    } finally {
      progress.value = undefined;
      await queryClient.invalidateQueries({ queryKey: queryKeys.reconciliation });
    }
  });

  return { progress, imported, run: action.run, isRunning: action.isRunning, error: action.error };
}
