# Two stages: the first has a compiler and makes a venv from the hashed lock file; the second has no pip, no compiler and
# no root.
FROM python:3.13-bookworm AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/articles \
 && /opt/articles/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml setup.py README.md LICENSE NOTICE ./
COPY pipeline ./pipeline
RUN /opt/articles/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/articles/bin/pip uninstall -y cython setuptools pip

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin articles \
 && python -m pip uninstall -y pip \
 && rm -rf /usr/local/lib/python3.13/ensurepip
COPY --from=build /opt/articles /opt/articles
COPY config /app/config
WORKDIR /app
ENV PATH=/opt/articles/bin:$PATH PYTHONDONTWRITEBYTECODE=1 ARTICLES_HTTP__HOST=0.0.0.0
USER 10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/livez', timeout=2)"]
ENTRYPOINT ["articles"]
CMD ["worker"]
