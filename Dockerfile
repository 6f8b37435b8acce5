# The order system of examples/order-processing. What the container is, its command says: service.ts NAME or main.ts.
FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json ./
# The sources run as they are, so there is nothing to build; prepare would try to.
RUN npm ci --omit=dev --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
COPY machines ./machines
COPY examples ./examples
USER node
ENTRYPOINT ["node", "--conditions=troupe-source", "--import", "tsx"]
CMD ["examples/order-processing/main.ts"]
