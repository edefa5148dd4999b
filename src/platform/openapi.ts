// `/openapi.json`: every route's contract, made from the schemas that check it; `/docs` shows it.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';

/** The page's own files only; no upgrade to TLS, which may end in front of us or not at all. */
const CSP =
  "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; img-src 'self' data:; object-src 'none'";

/** Registered before the rooms: it notes the routes that come after it. */
export default fp<{ version: string }>(
  async (app, { version }) => {
    await app.register(swagger, {
      openapi: {
        info: { title: 'BRConnector', version, license: { name: 'MIT' } },
        components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
        security: [{ key: [] }],
      },
      hideUntagged: false,
    });
    app.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () =>
      app.swagger(),
    );
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: CSP,
      uiConfig: { docExpansion: 'list', deepLinking: true },
    });
  },
  { name: 'openapi', fastify: '5.x' },
);
