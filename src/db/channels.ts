// Channels of LISTEN/NOTIFY, by which replicas tell each other what changed.

/** Some key changed: forget what is remembered of keys. Payload: its id. */
export const KEY_CHANGED = 'key_changed';

/** Exchanges were recorded. Payload: their ids (UUID), comma-separated. */
export const THREAD_RECORDED = 'thread_recorded';

/** Models or prices changed: read the catalogue again. No payload. */
export const CATALOGUE_CHANGED = 'catalogue_changed';
