# The gateway with its console. It always gets a database (PGSQL_* or DATABASE_URL), so the embedded PostgreSQL
# is left out. The simulator is inside as well: `node dist/server/simulator/main.js`.

# Debian (glibc), like the binaries that npm brings.
FROM node:24-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
# No package needs its install script to build.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json vite.config.ts ./
COPY scripts ./scripts
COPY drizzle ./drizzle
COPY src ./src
COPY ui ./ui
RUN npm run build

FROM base AS dependencies
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
LABEL org.opencontainers.image.title="BRConnector" \
      org.opencontainers.image.description="OpenAI-compatible gateway to Amazon Bedrock: virtual keys, exact budgets, every exchange on record" \
      org.opencontainers.image.licenses="MIT"

# The generated key pepper is kept in DATA_DIR: without a volume (or KEY_PEPPER) a new container knows no key.
ENV NODE_ENV=production \
    DATA_DIR=/data
RUN mkdir /data && chown node:node /data && chmod 700 /data
VOLUME /data

WORKDIR /app
# Owned by root: the process cannot change its own code.
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist

USER node
EXPOSE 8866
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8866}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Exec form: node is the process that SIGTERM reaches. It lets answers finish, so stop it with 35 s of patience.
CMD ["node", "dist/server/index.js"]
