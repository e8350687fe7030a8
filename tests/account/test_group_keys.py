"""Which keys make a group: names, keys given twice, two keys of one business, columns called business."""

from __future__ import annotations

import numpy as np
import pytest

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.connection import in_use
from scalev_frames.group import Group
from scalev_frames.group.checks import same_orders
from scalev_frames.sandbox import Sandbox, World, always
from scalev_frames.wire.credentials import Key
from tests.account.groups import NAMES


def test_connect_many_takes_keys_accounts_and_names(shop, make_account, tmp_path):
    how = {"base_url": shop.base_url, "cache_dir": tmp_path}
    group = sf.connect_many({"one": shop.keys["brand-a"], "two": Key(shop.keys["Toko Ü / 1"])}, **how)
    assert in_use() is group
    assert sf.stores(progress=False)["business"].unique().tolist() == ["one", "two"]
    assert shop.keys["brand-a"] not in repr(group) + str(group.accounts)
    listed = sf.connect_many([shop.keys["brand-a"], make_account(shop, key=shop.keys["brand c"], name="c")], **how)
    assert list(listed.accounts) == [group["one"].folder.name[:8], "c"]
    group.close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda keys: [keys[0], f" {keys[0]} "], "stands twice"),
        (lambda keys: {"a": keys[0], "b": keys[0]}, "a and b have the same key"),
        (lambda keys: {"Brand-A": keys[0], "brand-a ": keys[1]}, "look the same"),
        (lambda keys: {"\uff22rand": keys[0], "brand": keys[1]}, "look the same"),
        (lambda keys: {"brand\u200b": keys[0], "brand": keys[1]}, "look the same"),
        (lambda keys: {"\u200b": keys[0]}, "is no name"),
        (lambda keys: {keys[0]: "a"}, "A key stands where a name should"),
        (lambda keys: {" ": keys[0]}, "is no name"),
        (lambda keys: "brand-a", "takes a list or a mapping"),
        (lambda keys: [], "no business"),
    ],
)
def test_what_could_be_doubled_or_mistaken_is_refused(shop, make, words):
    keys = list(shop.keys.values())
    with pytest.raises(errors.BadValueError, match=words) as caught:
        sf.connect_many(make(keys), base_url=shop.base_url)
    assert not any(key in str(caught.value) for key in keys)


def test_the_same_key_is_seen_whatever_its_folder_and_zone(shop, make_account, tmp_path):
    twice = {"a": make_account(shop), "b": make_account(shop, folder=tmp_path / "elsewhere")}
    with pytest.raises(errors.BadValueError, match="same key"):
        Group(twice)
    other = make_account(shop, key=shop.keys["brand c"], time_zone="Asia/Makassar")
    with pytest.raises(errors.BadValueError, match="differ in time_zone"):
        Group({"a": twice["a"], "b": other})


def test_the_price_of_all_is_the_sum_under_one_limit(make_account):
    limits = ((30, 5.0), (10_000, 3600.0))
    with Sandbox(orders=1000, limits=None) as shop:
        other = shop.add_business(World(500, seed=2))
        group = Group({"a": make_account(shop, limits=limits), "b": make_account(shop, key=other, limits=limits)})
        cost = group.cost("orders")
        assert (cost.way, cost.requests, cost.rows) == ("full", 60, 1500)
        assert cost.seconds == pytest.approx(5.0)


def test_two_keys_of_one_business_are_noted_whatever_its_list_did_meanwhile():
    def hashes(*numbers):
        return np.array(numbers, dtype=np.uint64)

    ours, theirs = hashes(*range(40)), hashes(*range(100, 140))
    assert same_orders({"a": ours, "c": theirs}) == same_orders({}) == same_orders({"a": hashes(1, 1, 1)}) == []
    for twin in (ours, hashes(*range(3, 43)), hashes(*range(21)), hashes(*range(2), *range(40), *range(200, 220))):
        [note] = same_orders({"a": ours, "c": theirs, "b": twin})
        assert f"a and b have the same orders ({len(set(twin) & set(ours))}), which count twice" in note
    assert same_orders({"a": ours, "b": hashes(*range(9))}) == []  # so few may be anything


@pytest.mark.slow
def test_an_export_of_two_keys_of_one_business_says_so(make_account, tmp_path):
    with Sandbox(world=World(15, days=2), limits=None) as shop:
        twin = shop.add_business(shop.world)
        group = Group({"a": make_account(shop), "b": make_account(shop, key=twin, version="v3")})
        made = group.export(tmp_path / "data", progress=False)
        assert made.frame()["business"].value_counts().to_dict() == {"a": 15, "b": 15}
        for notes in (made.header.notes, made.frame().attrs["notes"], group.orders(progress=False).attrs["notes"]):
            assert "a and b have the same orders (15), which count twice: are these two keys of one business?" in notes
        verdict = group.reconcile(group.orders(progress=False)).attrs["verdict"]
        assert "In total 30 orders here and 30 " in verdict
        assert "a and b have the same orders (15), which count twice: are these two keys of one business?" in verdict


@pytest.mark.slow
def test_sql_over_a_group_names_the_brand_of_which_nothing_is_kept(make_sandbox, make_account):
    one = make_sandbox(orders=6)
    two = make_sandbox(world=World(4, seed=2), faults=[always("error", "/order", status=403)])
    group = Group({"one": make_account(one), "two": make_account(two)})
    with pytest.raises(errors.GroupError, match="1 of 2 businesses failed"):
        group.orders(progress=False)
    found = sf.sql("select business, count(*) as n from orders group by all", account=group)
    assert found.values.tolist() == [["one", 6]]
    assert "orders (two): nothing is kept, so its rows are missing" in str(found.attrs["notes"])


@pytest.mark.slow
def test_a_lists_own_column_business_hides_no_brand_in_exports_and_sql(group, tmp_path):
    warehouses = group.warehouses(progress=False)
    wanted = warehouses.groupby("business").size().to_dict()
    assert set(wanted) == set(NAMES)
    for _ in range(2):
        made = group.export(tmp_path / "data", "warehouses", progress=False).frame()
        assert made.groupby("business").size().to_dict() == wanted
    own = "warehouses__business"
    shown = warehouses[["business", own]].value_counts(dropna=False).to_dict()
    assert made[["business", own]].value_counts(dropna=False).to_dict() == shown
    for table in ("warehouses", "written"):
        found = sf.sql(f"select business, {own} from {table}", {"written": tmp_path / "data"}, account=group)
        assert found.value_counts(dropna=False).to_dict() == shown


@pytest.mark.slow
def test_a_column_business_that_a_server_adds_to_orders_hides_no_brand_in_an_export(
    make_sandbox, make_account, tmp_path
):
    one = make_sandbox(world=World(6, days=2))
    two = make_sandbox(world=World(5, days=2, seed=2), faults=[always("rows", "/order", key="business", value="one")])
    group = Group({"one": make_account(one), "two": make_account(two)})
    made = group.export(tmp_path / "data", progress=False).frame()
    assert made["business"].value_counts().to_dict() == {"one": 6, "two": 5}
    assert made["orders__business"].value_counts().to_dict() == {"one": 5}
