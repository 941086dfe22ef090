# dbtool for a MariaDB server elsewhere:
#   docker build --tag dbtool .
#   docker run --rm --interactive --tty --env-file .env --volume "$PWD:/work" dbtool doctor
FROM node:22-bookworm-slim AS build
WORKDIR /opt/dbtool
COPY . .
RUN npm ci && npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
# `db shell`, `db dump` and `db restore` run MariaDB's own programs.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends mariadb-client \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/dbtool/package.json /opt/dbtool/dbtool /opt/dbtool/
COPY --from=build /opt/dbtool/node_modules /opt/dbtool/node_modules
COPY --from=build /opt/dbtool/dist /opt/dbtool/dist
RUN ln -s /opt/dbtool/dbtool /usr/local/bin/dbtool
USER node
WORKDIR /work
ENTRYPOINT ["dbtool"]
