// A model's form at work: what is typed, what is wrong with it, which parts are open, and saving it.
import { computed, ref } from 'vue';
import type { ModelRow } from '../../../../src/plugins/models/schemas.ts';
import { useApi } from '../../api/index.ts';
import { useAction } from '../../composables/use-action.ts';
import { useFailureText } from '../../composables/use-failure-text.ts';
import { useI18n } from '../../composables/use-i18n.ts';
import { checkModelForm, emptyModelForm, type ModelForm, modelFormOf, toCreateBody } from './model-form.ts';
import { useModelsChanged } from './use-models.ts';

/** Fields that have a line of their own for what the gateway says of them; `defaults` says it below its fields. */
const BLAMED_IN_PLACE =
  /^(name|kind|target|region|base_id|price_scope|display_name|vendor|context_tokens|max_output_tokens|defaults(\..*)?)$/;
const IN_TARGETS = /^(further_targets|credentials|weight)/;

/** @param row the model that is changed; undefined: a new one. */
export function useModelForm(row: () => ModelRow | undefined, saved: (model: ModelRow) => void) {
  const { t } = useI18n();
  const api = useApi();
  const modelsChanged = useModelsChanged();
  const failureText = useFailureText();

  const form = ref<ModelForm>(emptyModelForm());
  const isChecked = ref(false);
  const isTargets = ref(false);
  const isCapabilities = ref(false);
  const errors = computed(() => (isChecked.value ? checkModelForm(form.value) : {}));

  const { run, isRunning, error } = useAction(async () => {
    const id = row()?.id;
    const body = toCreateBody(form.value);
    saved(id === undefined ? await api.models.create(body) : await api.models.update({ id, ...body }));
    await modelsChanged();
  });

  /** `defaults.guardrail.id` is in the form's `defaults`. */
  const blamed = computed(() => {
    const param = error.value?.param ?? '';
    return BLAMED_IN_PLACE.test(param) ? param.split('.')[0] : undefined;
  });
  /** The gateway's word on a field stands beside it; anything else stands on top. */
  function errorOf(name: string): string | false {
    const own = errors.value[name];
    if (own) return t(own);
    return blamed.value === name && error.value ? failureText(error.value) : false;
  }
  const failure = computed(() =>
    error.value && blamed.value === undefined ? failureText(error.value) : undefined,
  );

  function submit() {
    isChecked.value = true;
    const wrong = Object.keys(errors.value);
    // A closed part that has something wrong in it is opened.
    if (wrong.some((name) => IN_TARGETS.test(name))) isTargets.value = true;
    if (wrong.length === 0) void run();
  }

  function reset() {
    const model = row();
    form.value = model ? modelFormOf(model) : emptyModelForm();
    for (const flag of [isChecked, isTargets, isCapabilities]) flag.value = false;
    error.value = null;
  }

  return { form, isTargets, isCapabilities, errorOf, failure, submit, reset, isRunning };
}
