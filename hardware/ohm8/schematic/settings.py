"""The project settings: design rules, net classes, and the checks' severities, all as KiCad ships them or stricter."""

from __future__ import annotations

import json

CLEARANCE = 0.13  # mm; the layout keeps 0.15 between centre lines' edges, rounding included
TRACK = 0.15
VIA = (0.55, 0.3)  # diameter, drill


def project_text(name: str) -> str:
    """The .kicad_pro file."""
    default = {
        "name": "Default",
        "priority": 2147483647,
        "clearance": CLEARANCE,
        "track_width": TRACK,
        "via_diameter": VIA[0],
        "via_drill": VIA[1],
        "microvia_diameter": 0.3,
        "microvia_drill": 0.1,
        "diff_pair_gap": 0.25,
        "diff_pair_via_gap": 0.25,
        "diff_pair_width": 0.2,
        "bus_width": 12,
        "line_style": 0,
        "wire_width": 6,
        "pcb_color": "rgba(0, 0, 0, 0.000)",
        "schematic_color": "rgba(0, 0, 0, 0.000)",
    }
    rules = {
        "min_clearance": CLEARANCE,
        "min_connection": 0.0,
        "min_copper_edge_clearance": 0.3,
        "min_hole_clearance": 0.25,
        "min_hole_to_hole": 0.25,
        "min_resolved_spokes": 2,
        "min_silk_clearance": 0.0,
        "min_text_height": 0.8,
        "min_text_thickness": 0.08,
        "min_through_hole_diameter": 0.3,
        "min_track_width": TRACK,
        "min_via_annular_width": 0.125,
        "min_via_diameter": 0.5,
        "solder_mask_to_copper_clearance": 0.0,
        "use_height_for_length_calcs": True,
    }
    settings = {
        "board": {"design_settings": {"rules": rules, "meta": {"version": 2}}},
        "libraries": {"pinned_footprint_libs": [], "pinned_symbol_libs": []},
        "meta": {"filename": f"{name}.kicad_pro", "version": 3},
        "net_settings": {"classes": [default], "meta": {"version": 4}, "netclass_patterns": []},
        "schematic": {"meta": {"version": 1}},
        "text_variables": {},
    }
    return json.dumps(settings, indent=2, sort_keys=True) + "\n"
