# One image for web, worker and beat. The base must be glibc: the pinned wheels have no musl builds.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONUTF8=1 OMP_NUM_THREADS=1 NEWSINTEL_VAR=/srv/var
WORKDIR /srv/newsintel

COPY requirements.txt requirements-uv.txt ./
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements-uv.txt \
    && uv pip install --system --no-cache --require-hashes --only-binary :all: --compile-bytecode -r requirements.txt

COPY . .
RUN useradd --system --uid 10001 newsintel && mkdir /srv/var && chown newsintel /srv/var
USER newsintel
EXPOSE 8000

CMD ["gunicorn", "newsintel.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--threads", "8", "--no-control-socket", "--access-logfile", "-"]
