"""What a path of the API answers: as a frame, whole and kept like any other, or as parsed JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scalev_frames.errors import BadValueError
from scalev_frames.pull.engine import Engine
from scalev_frames.pull.options import Options
from scalev_frames.query.paths import any_text, clean_path, make_path_query
from scalev_frames.query.query import refuse_keys, texts_of
from scalev_frames.wire.transport import Call


def frame_of_path(
    engine: Engine, path: str, arguments: Mapping[str, Any], call: Call, options: Options
) -> pd.DataFrame:
    """The frame of everything that a path answers.

    Args:
        engine: makes it.
        path: as `clean_path` takes it.
        arguments: ``limit`` and query parameters.
        call: what its requests share.
        options: how fresh it has to be.
    """
    settings = engine.settings
    at = clean_path(path, settings.base_url)
    query = make_path_query(at, arguments, settings.zone, engine.now(), settings.spoken)
    return engine.frame(query, call, options)


def read_path(engine: Engine, path: str, params: Mapping[str, Any], call: Call, options: Options) -> Any:  # noqa: ANN401
    """What a path answers, as parsed JSON: one request, or none where it is kept.

    Raises:
        BadValueError: ``limit`` is given, which one request cannot keep.
    """
    if params.get("limit") is not None:
        raise BadValueError("limit= and raw=True exclude each other.", advice="Ask with page_size=.")
    refuse_keys(params)
    texts = {name: texts_of(name, value, any_text) for name, value in params.items() if value is not None}
    age, refresh, offline = options.max_age, options.refresh, options.offline
    at = clean_path(path, engine.settings.base_url)
    return engine.client.get_single(at, texts, call, max_age=age, refresh=refresh, offline=offline).body
