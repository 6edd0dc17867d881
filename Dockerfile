# Nebula's chat server, and nothing else: one static binary on an empty image, as a user without
# rights. Messages are kept in the volume /data.
#
#     docker build -t nebula-server .
#     docker run -p 8080:8080 -v nebula:/data --read-only --cap-drop ALL nebula-server

FROM rust:1-alpine AS build
# SQLite is compiled from its source, jemalloc as well.
RUN apk add --no-cache build-base
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p server --bin nebula-server \
    && mkdir /data

FROM scratch
COPY --from=build /src/target/release/nebula-server /nebula-server
# The folder is there already, and theirs, so that a new volume on it is as well.
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
VOLUME /data
WORKDIR /data
ENV NEBULA_LISTEN=0.0.0.0:8080 NEBULA_DB=/data/nebula.db NEBULA_LOG_FORMAT=json
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/nebula-server"]
