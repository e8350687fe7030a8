"""Rows of v3's web analytics: twelve reports of visits to a business's pages, and three lists to choose from.

Days of `since` and `until` are both included and at most 180; totals beside buckets are not the sums of the buckets.
Sources: the vendor's page on web analytics of September 2026. It names few fields: what comes is kept as it is.
"""

from __future__ import annotations

from datetime import timedelta

from scalev_frames.catalog.model import Basis, Endpoint

#: The most rows that a list of these gives; more cannot be asked for.
MOST_ROWS = 100
BASES = {"day": Basis("", "from", "to", most_days=180)}
FILTERS = """
    store_id:id entity_type entity_id:id entity_path page_host page_path ad_click:paid|organic|meta|tiktok|google
"""
_LISTS = ("pages", "sources", "ad_clicks", "journey")


def _report(name: str, summary: str, label_id: str, more: str = "") -> Endpoint:
    """One report: a list of at most `MOST_ROWS` rows, the buckets of the traffic, or one record."""
    is_list = name in _LISTS
    return Endpoint(
        f"web_{name}", f"/web-analytics/{name.replace('_', '-')}", {"traffic": "web_traffic"}.get(name, ""), summary,
        paging="plain" if is_list or name == "traffic" else "record", filters=FILTERS + more, key=(), bases=BASES,
        freshness=timedelta(hours=1), rows_at="buckets" if name == "traffic" else "", scope="web_analytics:read",
        group="marketing", label_id=label_id, versions=("v3",), is_unproven=True,
        value_column="value" if is_list else "", sends=(("limit", str(MOST_ROWS)),) if is_list else (),
    )  # fmt: skip


def _choice(name: str, summary: str, label_id: str, more: str = "") -> Endpoint:
    return Endpoint(
        f"web_{name}", f"/web-analytics/{name.replace('_', '-')}", "unknown_record", summary, filters="search " + more,
        key=(), scope="web_analytics:read", group="marketing", label_id=label_id, versions=("v3",), is_unproven=True,
        required=tuple(more.split()),
    )  # fmt: skip


WEB_ANALYTICS = (
    _report("traffic", "Views, visitors and sessions by day; the totals are not their sums.", "Lalu lintas web"),
    _report("pages", "The pages seen most, at most 100.", "Halaman web teratas"),
    _report("sources", "Where visitors come from, at most 100; unknown counts are missing.", "Sumber kunjungan",
            "utm_type:source|medium|campaign|content|term"),
    _report("audience", "Who visits, estimated by address; groups under five visitors are left out.", "Pengunjung web"),
    _report("conversion", "How many visits become orders.", "Konversi web"),
    _report("engagement", "How long visitors stay, in milliseconds.", "Keterlibatan web"),
    _report("ad_clicks", "Clicks on advertisements, at most 100.", "Klik iklan",
            "ad_click_type:status|network|evidence"),
    _report("order_funnel", "From a visit to an order.", "Corong pesanan web"),
    _report("journey", "The ways that visitors take, at most 100.", "Perjalanan pengunjung"),
    _report("entity_journey", "The ways to and from one page or product.", "Perjalanan satu entitas"),
    _report("entity_funnel", "From a visit of one page or product to an order.", "Corong satu entitas"),
    _report("source_revenue", "What each source of visits brings.", "Pendapatan per sumber"),
    _choice("entities", "Pages and products that can be chosen.", "Pilihan entitas web", "entity_type"),
    _choice("stores", "Stores that can be chosen.", "Pilihan toko web"),
    _choice("payment_links", "Payment links that can be chosen.", "Pilihan tautan bayar"),
)  # fmt: skip
