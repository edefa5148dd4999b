// Tools and the choice among them, as clients write them; also in the older form, `functions`.
import { Type } from 'typebox';
import { optional } from './schema-messages.ts';

/** Longer than any name an upstream takes: those are given others by the provider. */
const Name = Type.String({ minLength: 1, maxLength: 512 });
const JsonSchema = Type.Object({});

const FunctionDefinition = Type.Object({
  name: Name,
  description: optional(Type.String()),
  parameters: optional(JsonSchema),
  strict: optional(Type.Boolean()),
});
export type FunctionDefinition = Type.Static<typeof FunctionDefinition>;

const CustomDefinition = Type.Object({
  name: Name,
  description: optional(Type.String()),
  format: optional(Type.Object({ type: Type.String() })),
});
export type CustomDefinition = Type.Static<typeof CustomDefinition>;

const ToolDefinition = Type.Object({
  type: Type.String(),
  function: Type.Optional(FunctionDefinition),
  custom: Type.Optional(CustomDefinition),
});
export type ToolDefinition = Type.Static<typeof ToolDefinition>;

/** A tool by its name, in a choice. */
const Named = Type.Object({ name: Type.String() });
const ToolReference = Type.Object({
  type: Type.String(),
  function: Type.Optional(Named),
  custom: Type.Optional(Named),
});
export type ToolReference = Type.Static<typeof ToolReference>;

const ToolChoiceObject = Type.Object({
  type: Type.String(),
  function: Type.Optional(Named),
  custom: Type.Optional(Named),
  allowed_tools: Type.Optional(
    Type.Object({ mode: Type.String(), tools: Type.Array(ToolReference, { minItems: 1 }) }),
  ),
});
export type ToolChoiceObject = Type.Static<typeof ToolChoiceObject>;

export const Tools = Type.Array(ToolDefinition);
export const ToolChoice = Type.Union([Type.String(), ToolChoiceObject]);
export const Functions = Type.Array(FunctionDefinition);
export const FunctionChoice = Type.Union([Type.String(), Named]);
