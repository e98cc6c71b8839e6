"""`faust -A pipeline.stream.app worker`: the same worker as `articles worker`, under Faust's own command line."""

from __future__ import annotations

import os

from pipeline.settings import load
from pipeline.stream.service import WorkerService

app = WorkerService(load(None, {}, os.environ)).app
