"""A job worker of the journeys: ``python -m tests.journeys.worker_process [--once] [--queues …]``."""

import argparse
import os
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--once", action="store_true", help="end when no job waits")
    parser.add_argument("--queues", nargs="+", default=["cases"])
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.config.settings")
    import django

    django.setup()
    from django.conf import settings
    from procrastinate.contrib.django import app

    settings.SATU_SIMULATED_SYSTEMS = Path(os.environ["SATU_SYSTEMS"])
    with app.replace_connector(app.connector.get_worker_connector()) as with_a_worker:
        with_a_worker.run_worker(
            wait=not chosen.once,
            queues=chosen.queues,
            install_signal_handlers=True,
            fetch_job_polling_interval=0.2,
            update_heartbeat_interval=0.2,
        )


if __name__ == "__main__":
    main()
