"""What each report is, one row of data a report: its title, its columns, what it reads, and how it is drawn.

The functions find their row by name; workbook, widgets, documentation and tests are driven by the same rows. A column
is written ``name:kind``; kinds are those of the catalog, and ``percent`` for a share between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ChartKind = Literal["stacked", "bars", "line", "funnel"]


@dataclass(frozen=True, slots=True)
class Chart:
    """How a report is drawn.

    Attributes:
        kind: ``stacked`` columns, horizontal ``bars``, a ``line``, or a ``funnel`` of bars.
        category: the column that names the bars or days, or several that name them together.
        series: the columns that are drawn.
        top: how many rows, the first ones.
    """

    kind: ChartKind
    category: str
    series: tuple[str, ...]
    top: int = 15


@dataclass(frozen=True, slots=True)
class Report:
    """One report.

    Attributes:
        name: what it is called in code, ``report("daily")``.
        title_en: its title.
        title_id: its title in Indonesian.
        notation: its columns, ``name:kind``.
        keys: the columns that tell rows apart, and by which two periods are compared.
        reads: the columns of the orders it reads; notes say how many amounts in them are missing.
        may_read: columns that it reads only where the frame has them, such as replacements of a missing one.
        needs: the columns without which it is refused; of ``a|b`` one is enough, and ``dated`` means those of the date
            basis.
        words: the definitions that it uses, names of `Definitions`.
        chart: how it is drawn, when it is.
        basis: ``dated`` reports cut days or periods by the date basis; ``aged`` ones count ages up to ``as_of``.
        needs_lines: made from order lines instead of orders.
    """

    name: str
    title_en: str
    title_id: str
    notation: str
    keys: tuple[str, ...]
    reads: str
    words: str = ""
    chart: Chart | None = None
    basis: Literal["dated", "aged"] = "dated"
    needs_lines: bool = False
    may_read: str = ""
    needs: str = ""

    @property
    def ranked_by(self) -> str:
        """The rate that its chart shows, by which its rows are sorted for people; ``""`` where there is none."""
        return self.chart.series[0] if self.chart and self.chart.series[0] in RATES else ""

    @property
    def columns(self) -> dict[str, str]:
        """Its columns with their kinds, in order."""
        return dict(column.split(":") for column in self.notation.split())

    def title(self, language: str = "en") -> str:
        """Its title in English or Indonesian."""
        return self.title_id if language == "id" else self.title_en


#: The denominator of each rate: the columns of the same report whose sum it divides by.
RATES: dict[str, tuple[str, ...]] = {
    "confirm_rate": ("orders",),
    "cancel_rate": ("orders",),
    "rts_rate": ("shipped",),
    "rts_rate_finished": ("completed", "returned"),
    "delivery_rate": ("delivered", "returned"),
    "repeat_rate": ("first_orders", "repeat_orders"),
    "fee_share": ("orders",),
    "margin_rate": ("orders",),
    "retention": ("customers",),
}
#: A rate of fewer orders is uncertain: it is marked, drawn pale, and not coloured.
FEW = 10
#: The columns of ids by which people and products are told apart, to the columns of their names.
NAMED = {"handler_id": "handler_fullname", "advertiser_id": "advertiser_fullname", "variant": "product_name"}
#: The amounts of a margin: before tax, and the same with tax.
AMOUNTS = {
    "product_price_bt": "product_price",
    "discount_bt": "discount",
    "discount_code_discount_bt": "discount_code_discount",
    "cogs_bt": "cogs",
}
#: Pairs of columns that replace each other where one is missing.
ALTERNATIVES = (("draft_time", "created_at"), ("customer_phone", "customer_id"), *NAMED.items(), *AMOUNTS.items())
#: Columns that name rows, and that nothing is counted from.
NAMES = frozenset(
    """
    courier_service_courier_name destination_address_province destination_address_city handler_fullname
    advertiser_fullname platform channel_name utm_source epayment_provider store_name customer_name shipment_receipt
    shipment_status product_name variant_sku
    """.split()  # noqa: SIM905
)
#: Numbers that are no counts or sums of orders: where there are no orders they are missing, not zero.
NOT_SUMS = frozenset(
    {"average_gross", "average_value", "days", "days_since", "days_since_completed", "recency", "frequency", "monetary"}
)
CREATED = "draft_time created_at"
SPAM = "is_probably_spam"
#: The amounts that an order has in the list.
MONEY_COLUMNS = frozenset(
    """
    product_price product_discount discount_code_discount unique_code_discount shipping_cost shipping_discount
    other_income gross_revenue net_revenue payment_fee scalev_fee net_payment_revenue
    """.split()  # noqa: SIM905
)
_RETURNS = (
    ":text shipped:count in_transit:count completed:count returned:count rts_rate:percent rts_rate_finished:percent"
    " returned_value:money"
)
_CUSTOMER = "customer_phone|customer_id"
_CHECKED = (
    f"id order_id {CREATED} status payment_status payment_method platform customer_phone product_price "
    "product_discount discount_code_discount unique_code_discount shipping_cost shipping_discount other_income "
    "gross_revenue net_revenue confirmed_time shipped_time completed_time rts_time canceled_time closed_time"
)
_RETURNS_WORDS = "shipped_or_later in_transit completed returned"


def _returns(by: str, title_en: str, title_id: str, reads: str, needs: str = "status") -> Report:
    return Report(
        f"returns_by_{by}", title_en, title_id, by + _RETURNS, (by,), f"{reads} status gross_revenue {SPAM}",
        _RETURNS_WORDS, Chart("bars", by, ("rts_rate",)), needs=needs,
    )  # fmt: skip


REPORTS: dict[str, Report] = {
    row.name: row
    for row in (
        Report(
            "daily", "Daily pipeline", "Alur pesanan harian",
            "day:date orders:count waiting:count in_progress:count completed:count lost:count other:count "
            "confirmed:count shipped:count confirm_rate:percent gross_revenue:money net_revenue:money",
            ("day",), f"{CREATED} status gross_revenue net_revenue {SPAM}",
            "waiting in_progress completed lost confirmed_or_later shipped_or_later",
            Chart("stacked", "day", ("completed", "in_progress", "waiting", "lost", "other"), 366),
        ),
        Report(
            "funnel", "Status funnel", "Corong status",
            "stage:text orders:count share_of_all:percent share_of_previous:percent gross_revenue:money",
            ("stage",), f"status payment_status gross_revenue {SPAM}",
            "confirmed_or_later shipped_or_later completed paid",
            Chart("funnel", "stage", ("orders",)),
        ),
        Report(
            "revenue", "Revenue by basis", "Pendapatan per definisi",
            "basis:text orders:count gross_revenue:money net_revenue:money average_gross:money share_of_all:percent",
            ("basis",), f"status payment_status gross_revenue net_revenue {SPAM}",
            "confirmed_or_later paid completed",
            Chart("bars", "basis", ("gross_revenue", "net_revenue")),
        ),
        _returns("courier", "RTS by courier", "Retur per kurir", "courier_service_courier_name"),
        _returns("province", "RTS by province", "Retur per provinsi", "destination_address_province"),
        _returns("product", "RTS by product", "Retur per produk", "final_variants", "final_variants status"),
        _returns("handler", "RTS by handler", "Retur per CS", "handler_id handler_fullname"),
        _returns("advertiser", "RTS by advertiser", "Retur per advertiser", "advertiser_id advertiser_fullname"),
        Report(
            "cod", "COD against transfer", "COD dan transfer",
            "method:text orders:count gross_revenue:money delivered:count delivered_value:money in_transit:count "
            "in_transit_value:money returned:count canceled:count paid:count share_of_orders:percent "
            "delivery_rate:percent",
            ("method",), f"payment_method status payment_status gross_revenue {SPAM}",
            "cod transfer completed in_transit returned paid",
            Chart("stacked", "method", ("delivered", "in_transit", "returned", "canceled")), needs="payment_method",
        ),
        Report(
            "handlers", "Handlers (CS)", "Tim CS",
            "handler:text orders:count confirmed:count confirm_rate:percent canceled:count cancel_rate:percent "
            "shipped:count completed:count returned:count rts_rate:percent gross_revenue:money completed_revenue:money",
            ("handler",), f"handler_id handler_fullname status gross_revenue {SPAM}",
            "confirmed_or_later completed returned shipped_or_later",
            Chart("bars", "handler", ("orders", "confirmed")),
        ),
        Report(
            "products", "Products sold", "Produk terjual",
            "product:text orders:count quantity:count completed_quantity:count returned_quantity:count "
            "share_of_quantity:percent",
            ("product",), f"final_variants status {SPAM}", "completed returned",
            Chart("bars", "product", ("quantity",)), needs="final_variants",
        ),
        Report(
            "geography", "Province and city", "Provinsi dan kota",
            "province:text city:text orders:count shipped:count completed:count returned:count rts_rate:percent "
            "gross_revenue:money completed_revenue:money share_of_orders:percent",
            ("province", "city"),
            f"destination_address_province destination_address_city status gross_revenue {SPAM}",
            "completed returned shipped_or_later", Chart("bars", "city", ("orders",)),
        ),
        Report(
            "customers", "Customers", "Pelanggan",
            "customer:code name:text orders:count completed:count lifetime_value:money first_order:date "
            "last_order:date days_since:count days_since_completed:count recency:count frequency:count monetary:count "
            "segment:text",
            ("customer",), f"customer_phone customer_id customer_name {CREATED} status gross_revenue {SPAM}",
            "completed", basis="aged", needs=_CUSTOMER,
        ),
        Report(
            "segments", "Customer segments (RFM)", "Segmen pelanggan (RFM)",
            "segment:text customers:count orders:count completed:count lifetime_value:money average_value:money "
            "share_of_customers:percent",
            ("segment",), f"customer_phone customer_id customer_name {CREATED} status gross_revenue {SPAM}",
            "completed", Chart("bars", "segment", ("customers",)), "aged", needs=_CUSTOMER,
        ),
        Report(
            "repeat", "New and returning customers", "Pelanggan baru dan kembali",
            "month:date orders:count first_orders:count repeat_orders:count repeat_rate:percent customers:count "
            "flagged_repeat:count",
            ("month",), f"customer_phone customer_id is_repeat {CREATED} {SPAM}",
            chart=Chart("stacked", "month", ("first_orders", "repeat_orders"), 60),
        ),
        Report(
            "cohorts", "Cohorts by first month", "Kohor menurut bulan pertama",
            "cohort:date customers:count months_later:count returned_customers:count retention:percent",
            ("cohort", "months_later"), f"customer_phone customer_id {CREATED} {SPAM}", needs=f"{_CUSTOMER} dated",
        ),
        Report(
            "overdue", "Overdue shipments", "Kiriman terlambat",
            "order_id:code shipped_time:time days:count courier:text receipt:code shipment_status:text name:text "
            "phone:code city:text province:text method:text handler:text gross_revenue:money",
            ("courier",),
            "order_id shipped_time status courier_service_courier_name shipment_receipt shipment_status customer_name "
            "customer_phone destination_address_city destination_address_province payment_method handler_fullname "
            f"gross_revenue {SPAM}",
            "in_transit overdue_days", basis="aged", needs="status",
        ),
        Report(
            "unpaid", "Unpaid, to follow up", "Belum dibayar (tindak lanjut)",
            "order_id:code created:time days:count age:text name:text phone:code whatsapp:url method:text handler:text "
            "store:text gross_revenue:money",
            ("age",),
            f"order_id {CREATED} status payment_status customer_name customer_phone payment_method handler_fullname "
            f"store_name gross_revenue {SPAM}",
            "to_follow_up unpaid follow_up_ages", basis="aged", needs="status payment_status",
        ),
        Report(
            "fees", "Fees", "Biaya",
            "payment_method:text epayment_provider:text orders:count gross_revenue:money scalev_fee:money "
            "payment_fee:money net_payment_revenue:money fee_share:percent",
            ("payment_method", "epayment_provider"),
            "payment_method epayment_provider payment_status gross_revenue scalev_fee payment_fee net_payment_revenue "
            + SPAM,
            "paid", Chart("bars", "payment_method epayment_provider", ("scalev_fee", "payment_fee"), 10),
            needs="payment_status",
        ),
        Report(
            "channels", "Channels and UTM sources", "Kanal dan sumber UTM",
            "platform:text channel:text utm_source:text orders:count confirmed:count confirm_rate:percent "
            "completed:count gross_revenue:money completed_revenue:money share_of_orders:percent",
            ("platform", "channel", "utm_source"),
            f"platform channel_name utm_source status gross_revenue {SPAM}", "confirmed_or_later completed",
            Chart("bars", "platform channel utm_source", ("orders", "confirmed"), 10),
        ),
        Report(
            "margin", "Margin by product", "Margin per produk",
            "product:text sku:code orders:count quantity:count sales:money discount:money cogs:money margin:money "
            "margin_rate:percent",
            ("product", "sku"),
            "status variant product_name variant_sku quantity product_price_bt discount_bt discount_code_discount_bt "
            f"cogs_bt {SPAM}",
            "completed",
            Chart("bars", "product sku", ("margin",)), needs_lines=True, needs="status",
            may_read="order__id order_id product_price discount discount_code_discount discount_code_code cogs "
            "tax_rate",
        ),
        Report(
            "quality", "Data quality", "Mutu data",
            "check:text orders:count share_of_all:percent examples:text meaning:text",
            ("check",), _CHECKED, "arithmetic_tolerance", basis="aged", may_read=f"payment_link_income {SPAM}",
            needs=_CHECKED.replace(" ", "|"),
        ),
    )
}  # fmt: skip
"""Every report by its name, in the order of the workbook."""
