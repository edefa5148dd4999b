// Images by URL: the fetcher alone, and through a whole gateway.
import '../plugins/chat-proxy/remote-media/public-addresses.spec.ts';
import '../plugins/chat-proxy/remote-media/fetch.spec.ts';
import '../plugins/chat-proxy/remote-media/resolve-name.spec.ts';
import '../plugins/chat-proxy/remote-media/slots.spec.ts';
import './remote-images.spec.ts';
