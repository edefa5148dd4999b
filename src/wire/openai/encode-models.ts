// Models as OpenAI lists them, with the two members BRClient reads.

export interface ListedModel {
  /** The public name a client asks for. */
  id: string;
  /** Unix seconds. */
  createdAt: number;
  ownedBy: string;
  takesImages: boolean;
}

export interface OpenAiModel {
  id: string;
  object: 'model';
  created: number;
  owned_by: string;
  /** The seed's word for a model that takes images. */
  multiple: boolean;
}

export function encodeModel(model: ListedModel): OpenAiModel {
  return {
    id: model.id,
    object: 'model',
    created: model.createdAt,
    owned_by: model.ownedBy,
    multiple: model.takesImages,
  };
}

export function encodeModelList(models: readonly ListedModel[]): { object: 'list'; data: OpenAiModel[] } {
  return { object: 'list', data: models.map(encodeModel) };
}
