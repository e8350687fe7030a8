"""What is the same for every business: places, couriers, banks and product categories."""

from __future__ import annotations

from typing import Any

from scalev_frames.sandbox.world.values import names

#: Above 2**53: a float would lose the last digit.
BEYOND_FLOAT = 9_007_199_254_740_993


def locations() -> list[dict[str, Any]]:
    """Subdistricts with the codes that couriers have for them."""
    found: list[dict[str, Any]] = []
    for city_number, (city, province, subdistricts) in enumerate(names.CITIES, 1):
        for subdistrict in subdistricts:
            number = len(found) + 1
            found.append({
                "id": number,
                "subdistrict_name": subdistrict,
                "city_name": city,
                "province_name": province,
                "display": f"{subdistrict}, {city}, {province}",
                "jne_destination_id": _jne_destination(number),
                "jne_origin_id": None if number % 4 == 0 else number * 17,
                "ka_district_id": number * 13,
                "lincah_code": f"{number:06d}",
                "lion_code": None if number % 6 == 0 else f"LION{number:04d}",
                "mengantar_code": f"0{number:04d}.{city_number:02d}",
                "ninja_l1": province,
                "ninja_l2": city,
                "ro_city_id": city_number,
                "ro_province_id": city_number % 34 + 1,
                "ro_subdistrict_id": number + 4000,
                "postal_code": f"{(number * 377 + 1110) % 99_999:05d}",
            })  # fmt: skip
    return found


def services() -> list[dict[str, Any]]:
    """Couriers' services."""
    found: list[dict[str, Any]] = []
    for courier_number, (courier_name, code, offered) in enumerate(names.COURIERS, 1):
        courier = {
            "id": courier_number,
            "code": code,
            "code_ka": code.upper(),
            "code_lincah": code,
            "code_mengantar": None if code == "pos" else code.upper(),
            "code_ro": code,
            "courier_type": "delivery",
            "is_pickup": code != "pos",
            "name": courier_name,
        }
        for service in offered:
            common = dict.fromkeys(("code", "code_co", "code_ka", "code_lincah", "code_mengantar"), service)
            found.append({
                "id": 20 + len(found),
                **common,
                "code_ro": f"0{len(found)}",
                "courier": courier,
                "name": service.title(),
                "category": "regular",
                "is_cod": code != "pos",
                "description": f"{courier_name} {service}",
            })  # fmt: skip
    return found


def banks() -> list[dict[str, Any]]:
    """Banks that take transfers."""
    return [
        {
            "id": number,
            "code": code.lower(),
            "duitku_code": clearing,
            "entity_type": "bank",
            "name": name,
            "platform": None,
            "xendit_code": code,
        }
        for number, (name, code, clearing) in enumerate(names.BANKS, 1)
    ]


def taxonomies() -> list[dict[str, Any]]:
    """The tree of product categories."""
    found: list[dict[str, Any]] = []
    for top, middle, leaves in names.TAXONOMY:
        for leaf in leaves:
            deeper: dict[str, Any] = dict.fromkeys(f"level_{level}" for level in range(4, 8))
            path = {"level_1": top, "level_2": middle, "level_3": leaf, **deeper}
            found.append({"id": len(found) + 1, "full_path": f"{top} > {middle} > {leaf}", **path})
    return found


def _jne_destination(number: int) -> int | None:
    if number % 9 == 0:
        return None
    return BEYOND_FLOAT + 2 * number if number % 5 == 0 else number * 31
