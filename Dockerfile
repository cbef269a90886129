# The version everything is tested with; any newer one should do.
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim AS build
ENV PATH=/venv/bin:$PATH \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
# Packages before code: a change of code keeps this layer.
COPY requirements.lock .
RUN pip install --require-hashes --only-binary :all: -r requirements.lock
WORKDIR /app
COPY . .
RUN if [ -d locale ]; then pybabel --quiet compile --directory locale --domain django; fi
# Neither store is asked here; naming them keeps the built-in ones out of the image.
RUN SECRET_KEY=build DATABASE_URL=postgresql://build@localhost/build \
    REDIS_URL=redis://localhost python manage.py collectstatic --noinput --verbosity 0

FROM python:${PYTHON_VERSION}-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin app
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
RUN chown app var
USER app
EXPOSE 8000
# The other processes of the Procfile run from the same image: see docker-compose.yml.
CMD ["sh", "-c", "exec gunicorn cs_platform.wsgi:application --bind $HOST:$PORT --no-control-socket --worker-class gthread --workers ${WEB_CONCURRENCY:-2} --threads ${WEB_THREADS:-8} --timeout 60 --graceful-timeout 20 --max-requests 20000 --max-requests-jitter 2000 --worker-tmp-dir /dev/shm"]
