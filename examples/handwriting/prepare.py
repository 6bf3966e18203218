"""Makes the example dataset: measurements of handwritten digits, and synthetic rows from a small generator.

The human rows: 1,797 handwritten digits, as scikit-learn ships them (`load_digits`; E. Alpaydin and C. Kaynak, Optical
Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998, CC BY 4.0): 8 x 8 pixels of ink from 0 to 16.
Each becomes one row of plain numbers. A fifth is held out; no generator sees it.

The generator: smoothed bootstrap with variance correction within each digit (B. W. Silverman, Density Estimation for
Statistics and Data Analysis, 1986, section 6.4.1). Version "flawed" has the four defects that `flawed_rows` names.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow.parquet as pq
from scipy import ndimage
from sklearn.datasets import load_digits

SEED = 20_260_101
HOLDOUT_RATIO = 0.2
SYNTHETIC_ROWS = 1400
VERSIONS = ("good", "flawed")
BOOTSTRAP, COLUMN_SAMPLER = "smoothed-bootstrap", "column-sampler"

# A pixel counts as part of a stroke from a quarter of full ink on; below that it is the blur of scaling.
STROKE_INK = 4
PIXELS = 8

# About one smoothed row in ten falls outside every range that human rows keep, and is dropped.
SPARE_RATIO = 0.25

WHOLE = ("ink", "top_ink", "left_ink", "width", "widest_row", "narrowest_row", "loops")
SHARES = ("centre_row", "centre_column", "slant")
DECIMALS = 3

FLAWED_INDEPENDENT_RATIO = 0.4
FLAWED_COPIED_RATIO = 0.03
FLAWED_MISSING_DIGIT = 7

Numbers = npt.NDArray[np.float64]


def human_rows() -> pl.DataFrame:
    """One row per handwritten digit: label, parity and ten measurements."""
    digits = load_digits()
    images = digits.images
    stroke = images >= STROKE_INK
    row_lengths = stroke.sum(axis=2)
    ink = images.sum(axis=(1, 2))
    centre_row, centre_column, slant = _moments(images)
    columns = {
        "digit": digits.target.astype(np.int64),
        "ink": ink,
        "top_ink": images[:, : PIXELS // 2].sum(axis=(1, 2)),
        "left_ink": images[:, :, : PIXELS // 2].sum(axis=(1, 2)),
        "width": _width(stroke),
        "widest_row": row_lengths.max(axis=1),
        "narrowest_row": np.where(row_lengths > 0, row_lengths, PIXELS).min(axis=1),
        "loops": np.array([_loops(image) for image in stroke]),
        "centre_row": centre_row,
        "centre_column": centre_column,
        "slant": slant,
    }
    return _finished(pl.DataFrame(columns))


def good_rows(human: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Synthetic rows drawn jointly within each digit and smoothed, so that none repeats the row it was drawn from.

    Rows with a value outside the range of the human rows are dropped.
    """
    rows = _finished(pl.concat([_smoothed(own, drawn, rng) for own, drawn in _drawn(human, rng)]))
    inside = [pl.col(name).is_between(human[name].min(), human[name].max()) for name in (*WHOLE, *SHARES)]
    kept = rows.filter(inside)
    return kept[rng.permutation(len(kept))[:SYNTHETIC_ROWS]].with_columns(generator=pl.lit(BOOTSTRAP))


def flawed_rows(human: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Synthetic rows with four defects.

    A second generator draws two in five rows column by column; centres are in per cent; three rows in a hundred are
    plain copies of human rows; no row has the digit 7.
    """
    kept = human.filter(pl.col("digit") != FLAWED_MISSING_DIGIT)
    rows = good_rows(kept, rng)
    independent, copied = (round(ratio * len(rows)) for ratio in (FLAWED_INDEPENDENT_RATIO, FLAWED_COPIED_RATIO))
    loose = pl.DataFrame([kept[name].gather(rng.integers(len(kept), size=independent)) for name in kept.columns])
    loose = loose.with_columns(generator=pl.lit(COLUMN_SAMPLER))
    copies = kept[rng.choice(len(kept), size=copied, replace=False)].with_columns(generator=pl.lit(BOOTSTRAP))
    sampled = pl.concat([loose, rows[independent + copied :]])
    in_per_cent = sampled.with_columns((pl.col("centre_row", "centre_column") * 100).round(DECIMALS))
    return pl.concat([in_per_cent, copies])


def _width(stroke: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Columns from the leftmost to the rightmost pixel of a stroke."""
    columns = np.asarray(stroke.any(axis=1))
    return np.asarray(PIXELS - columns.argmax(axis=1) - columns[:, ::-1].argmax(axis=1))


def _loops(stroke: npt.NDArray[np.bool_]) -> int:
    """Patches of paper that strokes enclose: two in most eights, one in most zeros."""
    paper = np.pad(~stroke, 1, constant_values=True)
    return int(ndimage.label(paper)[1]) - 1


def _moments(images: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Where the ink's centre lies, from 0 (top, left) to 1, and how far strokes lean right per pixel upwards."""
    at = (np.arange(PIXELS) + 0.5) / PIXELS
    weight = images / images.sum(axis=(1, 2), keepdims=True)
    by_row, by_column = weight.sum(axis=2), weight.sum(axis=1)
    row, column = by_row @ at, by_column @ at
    spread = by_row @ at**2 - row**2
    together = np.einsum("nij,i,j->n", weight, at, at) - row * column
    return row, column, -together / spread


def _drawn(human: pl.DataFrame, rng: np.random.Generator) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """Per digit: the human rows, and rows drawn from them with replacement, as many as the digit's share asks for."""
    shares = human["digit"].value_counts().sort("digit")
    wanted = SYNTHETIC_ROWS * (1 + SPARE_RATIO)
    edges = np.round(np.cumsum([0, *shares["count"]]) / len(human) * wanted).astype(int)
    drawn = []
    for digit, count in zip(shares["digit"], np.diff(edges), strict=True):
        own = human.filter(pl.col("digit") == digit)
        drawn.append((own, own[rng.integers(len(own), size=count)]))
    return drawn


def _smoothed(own: pl.DataFrame, drawn: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Drawn rows plus normal noise with the digit's own covariance, shrunk to its mean so that the spread stays.

    Y = mean + (X - mean + h e) / sqrt(1 + h^2), with e of the law N(0, covariance) and h by the normal-reference rule
    (Silverman 1986, equation 4.14): about .65 for ten columns and 140 rows. With h = .25 each row stays so close to
    the one it was drawn from that a classifier with one of the two in its training rows errs on the other.
    """
    names = [*WHOLE, *SHARES]
    human, rows = own.select(names).to_numpy(), drawn.select(names).to_numpy()
    n, dimensions = human.shape
    smoothing = (4 / (n * (dimensions + 2))) ** (1 / (dimensions + 4))
    mean = human.mean(axis=0)
    # Random sums of human rows' deviations have the human covariance, and no matrix needs to be factored for them.
    noise = rng.standard_normal((len(rows), n)) @ (human - mean) / np.sqrt(n)
    moved = mean + (rows - mean + smoothing * noise) / np.sqrt(1 + smoothing**2)
    return drawn.with_columns(pl.DataFrame(moved, schema=names))


def _finished(rows: pl.DataFrame) -> pl.DataFrame:
    """Whole numbers where human rows have them, every rule between columns kept, columns in their order."""
    whole = rows.with_columns(pl.col(WHOLE).round().cast(pl.Int64), pl.col(SHARES).round(DECIMALS))
    whole = whole.with_columns(
        parity=pl.when(pl.col("digit") % 2 == 0).then(pl.lit("even")).otherwise(pl.lit("odd")),
        loops=pl.col("loops").clip(0),
        width=pl.col("width").clip(1, PIXELS),
    )
    whole = whole.with_columns(widest_row=pl.col("widest_row").clip(1, pl.col("width")))
    whole = whole.with_columns(
        narrowest_row=pl.col("narrowest_row").clip(1, pl.col("widest_row")),
        top_ink=pl.col("top_ink").clip(0, pl.col("ink")),
        left_ink=pl.col("left_ink").clip(0, pl.col("ink")),
    )
    return whole.select("digit", "parity", *WHOLE, *SHARES)


def write(version: str, folder: Path) -> None:
    """Write human.parquet, synthetic.parquet and, beside the folder, the holdout; the same bytes every time."""
    rng = np.random.default_rng(SEED)
    digits = human_rows()
    order = rng.permutation(len(digits))
    holdout_count = round(HOLDOUT_RATIO * len(digits))
    holdout, human = digits[np.sort(order[:holdout_count])], digits[np.sort(order[holdout_count:])]
    made = {"good": good_rows, "flawed": flawed_rows}[version](human, rng)
    folder.mkdir(parents=True, exist_ok=True)
    no_generator = pl.lit(None, dtype=pl.String)
    _write(human.with_columns(generator=no_generator), folder / "human.parquet", "human")
    _write(made, folder / "synthetic.parquet", "synthetic")
    _write(holdout.with_columns(generator=no_generator), folder.with_name(f"{folder.name}_holdout.parquet"), "human")


def _write(rows: pl.DataFrame, path: Path, origin: str) -> None:
    pq.write_table(rows.with_columns(origin=pl.lit(origin)).to_arrow(), path)


def main() -> None:
    """Parse the call and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--version", choices=VERSIONS, default="good", help="which synthetic rows")
    parser.add_argument("--output", type=Path, default=Path("data/handwriting"), help="folder for the dataset")
    arguments = parser.parse_args()
    write(arguments.version, arguments.output)


if __name__ == "__main__":
    main()
