# Nebula's chat server, and nothing else: one static binary on an empty image, as a user without
# rights, and the certificates with which outgoing hooks know their receivers. Messages are kept in the volume /data.
#
#     docker build -t nebula-server .
#     docker run -p 8080:8080 -v nebula:/data --read-only --cap-drop ALL nebula-server

FROM rust:1-trixie AS build
WORKDIR /src
COPY . .
RUN scripts/release server \
    && mkdir /image /image/data \
    && mkdir -p /image/etc/ssl/certs && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ \
    && cp target/*/release/dist/nebula-server /image/

FROM scratch
# The folder is there already, and theirs, so that a new volume on it is as well.
COPY --from=build --chown=65532:65532 /image /
USER 65532:65532
VOLUME /data
WORKDIR /data
ENV NEBULA_LISTEN=0.0.0.0:8080 NEBULA_DB=/data/nebula.db NEBULA_LOG_FORMAT=json
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/nebula-server"]
