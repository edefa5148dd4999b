// Channels of LISTEN/NOTIFY, by which replicas tell each other what changed.

/** Some key changed: forget what is remembered of keys. Payload: its id. */
export const KEY_CHANGED = 'key_changed';

/** Some group changed: forget what is remembered of keys. Payload: its id. */
export const GROUP_CHANGED = 'group_changed';

/** A secret that looks like a mistyped one of ours is good all the same. Payload: its digest. */
export const SECRET_EXEMPTED = 'secret_exempted';

/** Exchanges were recorded. Payload: their ids (UUID), comma-separated. */
export const THREAD_RECORDED = 'thread_recorded';

/** Models or prices changed: read the catalogue again. No payload. */
export const CATALOGUE_CHANGED = 'catalogue_changed';
