# Two stages: the first builds a venv, the second has no build tools, no shell script, no root.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/articles \
 && /opt/articles/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY pipeline ./pipeline
RUN /opt/articles/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/articles/bin/pip uninstall -y setuptools pip

FROM python:3.13-slim
RUN useradd --system --uid 10001 articles
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
