# The gateway as an image. compose.yaml builds and runs it; docs/howto/self-host.md says the rest.
#
# The tags name a Python and a Debian, not one image for ever: a new build brings their security fixes.
FROM python:3.13-slim-trixie AS build

# Compiled packages come with symbols for debuggers, 35 MB of them. Debian keeps only the newest binutils, so a version
# that is named here is gone with the next fix.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends binutils \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /build
RUN python -m venv --without-pip /opt/agentgate

COPY constraints.txt ./
RUN python -m pip --python /opt/agentgate/bin/python install --no-cache-dir --no-compile --only-binary=:all: --require-hashes --requirement constraints.txt

COPY . .
RUN python -m pip --python /opt/agentgate/bin/python install --no-cache-dir --no-compile --no-deps --no-build-isolation ./sdk . \
 && python -m pip --python /opt/agentgate/bin/python uninstall --yes editables hatchling packaging pathspec pluggy tomlkit trove-classifiers

# What nobody misses: symbols, tests, sources in C's dialects, and the colours of five hundred programming languages.
RUN find /opt/agentgate -name '*.so' -exec strip --strip-unneeded {} + \
 && find /opt/agentgate -depth \( -type d -name tests -o -name '*.dll' -o -name '*.pyx' -o -name '*.pyi' \
      -o -path '*/pygments/lexers/[a-z]*.py' -o -path '*/pygments/lexers/*_builtins.py' \) -exec rm -rf {} +


FROM python:3.13-slim-trixie

LABEL org.opencontainers.image.title="AgentGate" \
      org.opencontainers.image.description="The gate AI agents ask before they do something that matters" \
      org.opencontainers.image.licenses="MIT"

# The ids are fixed, so that who owns a volume or a mounted folder is known beforehand.
RUN groupadd --gid 10001 agentgate \
 && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /agentgate --shell /usr/sbin/nologin agentgate \
 && install --directory --owner=10001 --group=10001 --mode=0750 /agentgate/data /run/secrets

COPY --from=build /opt/agentgate /opt/agentgate
ENV PATH=/opt/agentgate/bin:$PATH

# What the server imports is compiled here, once: where it runs, its file system may be read-only.
RUN DATABASE_URL=:memory: agentgate-server migrate
ENV PYTHONDONTWRITEBYTECODE=1

WORKDIR /agentgate
USER 10001:10001
EXPOSE 3000

# Whether the process answers, not whether all is well: a database that is away is no reason to restart the gateway.
# A line of Python, because `agentgate-server` would load everything it is made of, a second of work each time.
HEALTHCHECK --interval=5s --timeout=5s --start-period=75s --retries=3 \
  CMD ["python", "-c", "import http.client, os; door = http.client.HTTPConnection('localhost', int(os.environ.get('PORT') or 3000), timeout=4); door.request('GET', '/health'); raise SystemExit(door.getresponse().status != 200)"]

# Python is the first process: SIGTERM reaches the server, and nothing stands in between.
ENTRYPOINT ["agentgate-server"]
CMD ["serve"]
