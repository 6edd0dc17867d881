# Nebula's chat server, and nothing else: one static binary on an empty image, as a user without
# rights. Messages are kept in the volume /data.
#
#     docker build -t nebula-server .
#     docker run -p 8080:8080 -v nebula:/data --read-only --cap-drop ALL nebula-server

FROM rust:1-trixie AS build
WORKDIR /src
COPY . .
# Static with the GNU library: on musl, jemalloc could not give memory back by itself. The target is
# named so that the flag is for the binary alone, and not for what runs while it is built.
RUN target="$(rustc -vV | sed -n 's/^host: //p')" \
    && RUSTFLAGS='-C target-feature=+crt-static' cargo build --release --locked \
        -p server --bin nebula-server --target "$target" \
    && mkdir /image /image/data \
    && cp "target/$target/release/nebula-server" /image/

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
