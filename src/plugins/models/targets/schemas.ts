// The ways to a model on the wire: what is called, where, under whose word, at which price.
import { Type } from 'typebox';
import { nullable } from '../../../lib/fields.ts';

/** Model ids, inference profiles and ARNs; also what clients may ask for. */
export const ModelWord = Type.String({
  minLength: 1,
  maxLength: 512,
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.:/@+-]*$',
});
export const Scope = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,31}$',
  description: '`in-region`, `global`, or a geographic prefix such as `us`',
});
export const Region = nullable(
  Type.String({
    pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$',
    maxLength: 32,
    description: "null: the gateway's own",
  }),
);

/** One flat shape for all kinds, so that a wrong member can be named; the service checks which go together. */
const CredentialsMembers = Type.Object(
  {
    kind: Type.Enum(['profile', 'role', 'bearer'], {
      description:
        'a profile of the AWS configuration, a role to assume, a Bedrock API key in the environment',
    }),
    profile: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.@:/+=-]{1,128}$' })),
    role_arn: Type.Optional(
      Type.String({ maxLength: 600, pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$' }),
    ),
    external_id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_+=,.@:/-]{2,1224}$' })),
    variable: Type.Optional(
      Type.String({
        maxLength: 128,
        pattern: '^AWS_BEARER_TOKEN_[A-Z0-9_]+$',
        description: 'name of the environment variable that holds the key; never the key',
      }),
    ),
  },
  { additionalProperties: false },
);
export const Credentials = nullable(CredentialsMembers);
export type Credentials = Type.Static<typeof CredentialsMembers>;

export const Weight = Type.Integer({
  minimum: 0,
  maximum: 1000,
  description: 'share of the requests where `spread` is `weighted`; 0: only where the others fail',
});
export const Spread = Type.Enum(['ordered', 'weighted'], {
  description:
    '`ordered`: the first target, the next ones where it fails; `weighted`: by lot for each request',
});

/** Beside the model's own target. */
export const MAX_FURTHER_TARGETS = 15;

export const FurtherTarget = Type.Object(
  {
    target: ModelWord,
    price_scope: Scope,
    region: Type.Optional(Region),
    credentials: Type.Optional(Credentials),
    weight: Type.Optional(Weight),
  },
  { additionalProperties: false },
);
export type FurtherTarget = Type.Static<typeof FurtherTarget>;

export const FurtherTargets = Type.Array(FurtherTarget, {
  maxItems: MAX_FURTHER_TARGETS,
  description: 'tried where the first one fails before it has served anything; all of one base model',
});

/** As a model's row shows them: every member is there. */
export const FurtherTargetRow = Type.Object({
  target: Type.String(),
  price_scope: Type.String(),
  region: nullable(Type.String()),
  credentials: nullable(Type.Unsafe<Credentials>({ type: 'object', additionalProperties: true })),
  weight: Type.Integer(),
});
export type FurtherTargetRow = Type.Static<typeof FurtherTargetRow>;
