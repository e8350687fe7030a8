"""The pictures: bars are the reports' numbers, words can be read and are where they belong, odd frames are drawn, too."""

from __future__ import annotations

import itertools
import subprocess
import sys
from decimal import Context, Decimal

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

from scalev_frames.errors import BadValueError
from scalev_frames.notebook.pictures.counted import MOST_BARS, PARTS, count_pictures, count_report
from scalev_frames.notebook.pictures.drawing import DARK, LIGHT, drawable, png
from scalev_frames.notebook.pictures.pictures import pictures
from scalev_frames.notebook.pictures.rupiah import rupiah_text
from scalev_frames.notebook.pictures.still import draw
from scalev_frames.reports import report

NAMES = ["daily", "funnel", "couriers", "products", "provinces"]


@pytest.fixture(scope="module")
def orders(tmp_path_factory) -> pd.DataFrame:
    """Orders of the sandbox, as an account gives them."""
    from scalev_frames.account import Account
    from scalev_frames.sandbox import Sandbox, World
    from scalev_frames.settings import Settings
    from scalev_frames.wire.credentials import Key

    with Sandbox(world=World(600, days=40), limits=None) as running:
        settings = Settings(running.base_url, tmp_path_factory.mktemp("cache"), limits=((100_000, 10_000.0),))
        return Account(Key(running.api_key), settings).orders(progress=False)


@pytest.fixture(scope="module")
def drawn(orders):
    """Their pictures, in English on a light ground."""
    return pictures(orders)


def heights(figure, axes: int = 0) -> dict[str, list[float]]:
    return {c.get_label(): [bar.get_height() for bar in c] for c in figure.axes[axes].containers}


def widths(figure) -> dict[str, list[float]]:
    return {c.get_label(): [bar.get_width() for bar in c] for c in figure.axes[0].containers}


def one_part(figure) -> list[float]:
    (part,) = widths(figure).values()
    return part


def rgb(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def names(figure) -> list[str]:
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def words_of(figure) -> str:
    return " ".join(text.get_text() for text in [*figure.texts, *(t for axes in figure.axes for t in axes.texts)])


@pytest.mark.slow
def test_daily_bars_are_the_daily_report(orders, drawn):
    figure = drawn["daily"]
    daily = report("daily", orders)
    daily = daily[daily["day"].notna()]
    labels = dict(zip(PARTS, ["Completed", "In progress", "Waiting", "Returned or canceled", "Other"], strict=True))
    bars = heights(figure)
    for part, label in labels.items():
        assert bars.get(label, [0.0] * len(daily)) == daily[part].astype(float).tolist()
    revenue = np.sum(list(heights(figure, 1).values()), axis=0)
    assert revenue == pytest.approx(daily["gross_revenue"].astype(float).to_numpy())


@pytest.mark.slow
def test_a_day_is_jakartas(small_orders):
    figure = pictures(small_orders)["daily"]
    bars = [bar for container in figure.axes[0].containers for bar in container if bar.get_height()]
    days = {np.datetime64("1970-01-01") + int(bar.get_x() + bar.get_width() / 2) for bar in bars}
    assert {str(day) for day in days} == {"2026-11-01", "2026-11-20", "2026-11-24", "2026-11-25"}


@pytest.mark.slow
def test_funnel_products_provinces_and_couriers_are_their_reports(orders, drawn):
    assert one_part(drawn["funnel"]) == report("funnel", orders)["orders"].astype(float).tolist()
    products = report("products", orders).iloc[:MOST_BARS]
    assert names(drawn["products"]) == [drawable(name) for name in products["product"]]
    assert np.sum(list(widths(drawn["products"]).values()), axis=0).tolist() == products["quantity"].tolist()
    by_province = report("geography", orders).groupby("province")["orders"].sum().sort_values(ascending=False)
    assert one_part(drawn["provinces"]) == by_province.iloc[:MOST_BARS].astype(float).tolist()
    returns = report("returns_by_courier", orders).sort_values("rts_rate", ascending=False)
    assert one_part(drawn["couriers"]) == returns["rts_rate"].astype(float).tolist()


@pytest.mark.slow
def test_what_is_left_out_is_said(orders, drawn):
    spam = int(orders["is_probably_spam"].fillna(False).sum())
    rest = report("products", orders).iloc[MOST_BARS:]
    for name in NAMES:
        assert f"{spam} orders that are probably spam are left out" in words_of(drawn[name]).replace("\n", " ")
    said = f"Not shown: {len(rest):,} more, {int(rest['quantity'].sum()):,} pieces together."
    assert said in words_of(drawn["products"]).replace("\n", " ")


@pytest.mark.slow
@pytest.mark.parametrize(("language", "dark"), [("en", False), ("id", True)])
def test_no_word_is_cut_or_lies_on_another(orders, drawn, language, dark):
    for name, figure in (pictures(orders, language, dark) if dark else drawn).items():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        draw = canvas.get_renderer()
        width, height = figure.bbox.width, figure.bbox.height
        for axes in figure.axes:
            texts = [
                t
                for t in [*axes.texts, *axes.get_yticklabels(), *axes.get_xticklabels(), axes.yaxis.label]
                if t.get_visible() and t.get_text()
            ]
            boxes = [text.get_window_extent(draw) for text in texts]
            inside = [box for box in boxes if axes.bbox.x0 - 200 < box.x0]
            for box, text in zip(boxes, texts, strict=True):
                if text in axes.texts or text is axes.yaxis.label:
                    assert box.x0 >= 0, (name, text)
                    assert box.x1 <= width, (name, text)
                    assert box.y0 >= 0, (name, text)
                    assert box.y1 <= height, (name, text)
            assert inside
            ticks = sorted(t.get_window_extent(draw).y0 for t in axes.get_yticklabels() if t.get_text())
            assert all(later - sooner > 8 for sooner, later in itertools.pairwise(ticks)), name
        foot = figure.texts[1].get_window_extent(draw)
        assert foot.x1 <= width
        assert foot.y1 <= min(axes.get_tightbbox(draw).y0 for axes in figure.axes) + 1, name


@pytest.mark.slow
@pytest.mark.parametrize(("dark", "theme"), [(False, LIGHT), (True, DARK)])
def test_light_and_dark_grounds(small_orders, dark, theme, tmp_path):
    file = tmp_path / "picture.png"
    file.write_bytes(png(pictures(small_orders, dark=dark)["daily"]))
    pixels_of = (matplotlib.image.imread(file)[..., :3] * 255).round().astype(int)
    assert pixels_of[0, 0].tolist() == rgb(theme.ground)
    drawn = {part: bool((pixels_of == rgb(theme.parts[part])).all(axis=-1).any()) for part in PARTS}
    assert drawn == {"completed": True, "in_progress": True, "waiting": True, "lost": False, "other": False}


@pytest.mark.slow
def test_the_same_frame_gives_the_same_bytes(small_orders):
    first, second = (pictures(small_orders) for _ in range(2))
    for name in NAMES:
        assert png(first[name]) == png(second[name])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("frame", "language"),
    list(zip([
        pd.DataFrame(),
        pd.DataFrame({"status": pd.Series([], dtype="str")}),
        pd.DataFrame({"status": ["rts"], "is_probably_spam": [True]}),
        pd.DataFrame({"status": [None, None], "created_at": [None, None], "gross_revenue": [None, None]}),
        pd.DataFrame({"status": ["new_word"], "created_at": ["2026-11-01T17:00:00Z"], "gross_revenue": [150_000]}),
        pd.DataFrame({
            "status": ["completed"], "created_at": ["2026-11-01T17:00:00Z"],
            "final_variants": [{"$x^2$ Kopi 🌶 \n 50 %_{a} " + "sangat panjang " * 9: 3}],
            "destination_address_province": ["$\\frac$"], "courier_service_courier_name": ["_JNE $1$"],
        }),
    ], ["en", "id"] * 3, strict=True)),
    ids=["nothing", "no rows", "spam", "nulls", "new status", "odd names"],
)  # fmt: skip
def test_odd_frames_are_drawn(frame, language):
    for figure in pictures(frame, language).values():
        assert png(figure).startswith(b"\x89PNG")


def test_another_language_is_refused(small_orders):
    with pytest.raises(BadValueError):
        pictures(small_orders, "de")


@pytest.mark.slow
def test_a_figure_shows_itself_in_a_notebook(small_orders):
    figure = pictures(small_orders)["funnel"]
    assert figure._repr_png_() == png(figure)


@pytest.mark.slow
def test_without_matplotlib_it_is_said_what_to_install():
    code = "import sys; sys.modules['matplotlib'] = None\nimport scalev_frames.notebook.pictures.pictures"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert "MissingPackageError: Pictures need matplotlib, which is not installed." in done.stderr
    assert "scalev-frames[lab]" in done.stderr


@pytest.mark.parametrize(
    ("amount", "english", "indonesian"),
    [
        (0, "Rp 0", "Rp 0"),
        (999, "Rp 999", "Rp 999"),
        (45_500, "Rp 45.5k", "Rp 45,5 rb"),
        (12_500_000, "Rp 12.5m", "Rp 12,5 jt"),
        (Decimal("1234567890.50"), "Rp 1.2bn", "Rp 1,2 M"),
        (999_999_999, "Rp 1bn", "Rp 1 M"),
        (2 * 10**12, "Rp 2tn", "Rp 2 T"),
        (1.5e16, "Rp 15,000tn", "Rp 15.000 T"),
        (-250_000, "-Rp 250k", "-Rp 250 rb"),
    ],
)
def test_rupiah_in_words(amount, english, indonesian):
    assert (rupiah_text(amount), rupiah_text(amount, "id")) == (english, indonesian)


@pytest.mark.slow
def test_rates_are_sorted_by_the_rate_and_those_of_few_are_pale_and_last():
    couriers = {"JNE": (3, 20), "SiCepat": (9, 9), "J&T": (6, 12), "Pos": (0, 1)}
    rows = [(name, "rts" if place < back else "completed") for name, (back, many) in couriers.items()
            for place in range(many)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["courier_service_courier_name", "status"])
    for theme, dark in ((LIGHT, False), (DARK, True)):
        made = report("returns_by_courier", frame)
        for figure in (pictures(frame, dark=dark)["couriers"], draw(count_report(made), theme, "en")):
            assert names(figure) == ["J&T", "JNE", "SiCepat", "Pos"]
            colours = [to_hex(bar.get_facecolor()) for bar in figure.axes[0].patches]
            assert colours == [theme.parts["lost"]] * 2 + [theme.line] * 2


@pytest.mark.slow
@pytest.mark.parametrize(("language", "rates"), [("en", "rates are of fewer"), ("id", "rasio dari kurang")])
def test_only_a_picture_of_rates_speaks_of_rates(language, rates):
    days = [f"2026-11-{day:02}T03:00:00Z" for day in range(1, 10)]
    status, couriers = ["rts", "completed", "shipped"] * 3, ["JNE", "SiCepat", None] * 3
    frame = pd.DataFrame({"created_at": days, "status": status, "courier_service_courier_name": couriers})
    counted = count_pictures(frame, language)
    assert [name for name, one in counted.items() if rates in " ".join(one.foot)] == ["couriers"]
    assert any(rates in note for note in report("daily", frame, language=language).attrs["notes"])


@pytest.mark.parametrize(("language", "outside"), [("en", "(closed)"), ("id", "(Ditutup)")])
def test_a_picture_says_what_it_left_out_and_not_what_each_word_means(language, outside):
    frame = pd.DataFrame({"created_at": ["2026-11-01T03:00:00Z"] * 2, "status": ["closed", "completed"]})
    foot = " ".join(count_pictures(frame, language)["daily"].foot)
    assert outside in foot
    assert not [word for word in ("completed: ", "selesai: ", "one of", "salah satu") if word in foot]


@pytest.mark.parametrize("amount", [Decimal("1e40"), Decimal("-123456789012345678901234567890.55"), 1e300, 10**27])
def test_amounts_of_any_length_have_a_text(amount):
    text = rupiah_text(amount)
    assert text.endswith("tn")
    assert text.removeprefix("-").removeprefix("Rp ").removesuffix("tn").replace(",", "") == format(
        (abs(Decimal(str(amount))).scaleb(-12).quantize(Decimal("0.1"), context=Context(prec=400))), "f"
    ).removesuffix(".0")
