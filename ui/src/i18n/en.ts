// English. Keys are `<room>.<text>`; `{name}` is filled in. Terms follow docs/glossary.md, except that a thread is
// called an exchange: elsewhere in the field "thread" means a whole conversation.
import { enAlerts } from './en-alerts.ts';
import { enKeys } from './en-keys.ts';
import { enModels } from './en-models.ts';
import { enMoney } from './en-money.ts';
import { enPrices } from './en-prices.ts';
import { enReconciliation } from './en-reconciliation.ts';
import { enRequests } from './en-requests.ts';

export const en = {
  'common.cancel': 'Cancel',
  'common.choice': '{name}: {value}',
  'common.clear': 'Clear search',
  'common.copied': 'Copied',
  'common.copy': 'Copy',
  'common.retry': 'Try again',
  'common.save': 'Save changes',

  'failure.title': 'This could not be loaded',
  'failure.network': 'The gateway does not answer. Check that it runs and that you are connected.',
  'failure.timeout': 'The gateway took too long to answer.',
  'failure.unreadable': 'Something other than the gateway answered (HTTP {status}).',
  'failure.missing': 'There is nothing here, or you may not see it.',
  'failure.forbidden': 'Your key may not do this.',
  'failure.unavailable': 'The gateway cannot serve this right now. Try again in a moment.',
  'failure.unexpected': 'Something unexpected went wrong in the console.',

  'nav.label': 'Navigation',
  'nav.sidebar': 'Main sections, live state and your menu',
  'nav.skip': 'Skip to content',
  'nav.home': 'BRConnector, home',
  'nav.open': 'Open navigation',
  'nav.menu': 'Your menu',
  'nav.own': 'My account',
  'nav.admin': 'Administration',

  'palette.open': 'Go to…',
  'palette.label': 'Command palette',
  'palette.hint': 'Type to find a page, arrow keys to choose, Enter to go there.',
  'palette.placeholder': 'Where to?',

  'theme.label': 'Theme',
  'theme.auto': 'As the system',
  'theme.light': 'Light',
  'theme.dark': 'Dark',
  'language.label': 'Language',

  'live.connecting': 'Connecting',
  'live.connectingHint': 'Connecting to the live feed',
  'live.live': 'Live',
  'live.liveHint': 'Finished exchanges appear by themselves',
  'live.reconnecting': 'Reconnecting',
  'live.reconnectingHint': 'The live feed broke off; trying again',
  'live.paused': 'Paused',
  'live.pausedHint': 'The live feed rests while this tab is hidden',

  'auth.title': 'Sign in',
  'auth.intro': 'Use the host and the API key you were given.',
  'auth.host': 'Host',
  'auth.hostMissing': 'Enter the address of a gateway, for example https://gateway.example.com',
  'auth.key': 'API key',
  'auth.keyMissing': 'Enter your API key',
  'auth.reveal': 'Show the key',
  'auth.hide': 'Hide the key',
  'auth.signIn': 'Sign in',
  'auth.signOut': 'Sign out',
  'auth.elsewhere': 'This host has its own console. You will be taken there to enter your key.',
  'auth.goThere': 'Go to that host',
  'auth.wrongKey': 'This key is not known here, or it has been disabled.',
  'auth.promise': 'The key is sent to the gateway once and is not kept in this browser.',

  'bootstrap.title': 'You are signed in with the bootstrap key',
  'bootstrap.text':
    'It comes from the configuration and can administer, but it cannot chat and has no usage of its own. Create an admin key for daily work.',
  'bootstrap.action': 'Create an admin key',

  'overview.title': 'Overview',
  'overview.text': 'All keys of this gateway together.',
  'overview.month': 'Charged this month',
  'overview.monthHint': 'Since the first of the month, UTC',
  'overview.total': 'Charged in total',
  'overview.totalHint': 'Since this gateway was set up',
  'overview.keys': 'Keys',
  'overview.keysHint': 'Not deleted',
  'overview.active': 'Active this month',
  'overview.activeHint': '{count} ever charged',
  'overview.top': 'Quota used this month',
  'overview.allKeys': 'All keys',

  'form.required': 'This is needed',
  'form.optional': 'optional',
  'form.amount': 'Enter an amount such as 25 or 0.05 (at most ten decimal places)',
  'form.positive': 'Enter an amount above zero such as 25 or 0.05',
  'form.time': 'Enter a date and a time',
  'form.whole': 'Enter a whole number of at least 1, or nothing',
  'form.temperature': 'Enter a number from 0 to 2, or nothing',
  'form.topP': 'Enter a number from 0 to 1, or nothing',

  'list.noMatch': 'Nothing matches',
  'list.noMatchText': 'Try fewer or other words.',
  'list.stale': 'This could not be refreshed; you see what was there before.',
  'pager.label': 'Pages',
  'pager.range': '{from}–{to} of {total}',
  'pager.first': 'First page',
  'pager.previous': 'Previous page',
  'pager.next': 'Next page',
  'pager.last': 'Last page',
  'pager.beyond': 'There is nothing on this page',

  'notFound.title': 'Nothing here',
  'notFound.text': 'This address leads nowhere, or your key may not see what is there.',
  'notFound.back': 'Back to the start',

  'auditLog.title': 'Audit log',
  'auditLog.text': 'Who changed what. Entries cannot be changed or removed.',
  'auditLog.search': 'Search actions, targets, values',
  'auditLog.time': 'Time',
  'auditLog.actor': 'By',
  'auditLog.action': 'Change',
  'auditLog.changes': 'Before and after',
  'auditLog.empty': 'Nothing has been changed yet',
  'auditLog.emptyText': 'Every change that an administrator makes appears here.',

  ...enAlerts,
  ...enKeys,
  ...enModels,
  ...enMoney,
  ...enPrices,
  ...enReconciliation,
  ...enRequests,
} as const;
