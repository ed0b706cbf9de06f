"""Where the chips, connectors, holes and fiducials stand: (x, y, angle), mm and degrees from the top left corner.

Power and controller lie along the top, the device at the bottom edge; rows on the left, columns on the right, the
converters between. The small parts find their own places around these.
"""

from __future__ import annotations

SIZE = (100.0, 100.0)
HOLE = 4.0  # from each edge

Spot = tuple[float, float, float]

CHIPS: dict[str, Spot] = {
    # controller, stack, board address, memory
    "A801": (3.4, 29.4, 90),
    "J3": (25.0, 6.0, 90),
    "U803": (15.4, 4.4, 90),
    "U804": (84.0, 4.4, 90),
    "U802": (59.5, 27.0, 0),
    # power
    "PS601": (96.6, 12.2, 0),
    "U601": (80.0, 15.0, 0),
    "U602": (70.5, 12.5, 0),
    "U603": (70.5, 21.0, 0),
    "U604": (80.0, 24.0, 0),
    "L601": (86.0, 12.0, 90),
    "L602": (86.0, 21.0, 90),
    "F601": (58.5, 11.0, 0),
    "D601": (60.5, 15.0, 0),
    # rows
    "U101": (9.0, 39.0, 0),
    "U102": (28.5, 39.0, 0),
    "U121": (8.0, 49.5, 90),
    "U401": (18.7, 49.5, 90),
    "U122": (29.4, 49.5, 90),
    "U111": (6.0, 59.5, 0),
    "U112": (15.5, 59.5, 0),
    "U113": (25.0, 59.5, 0),
    "U114": (34.5, 59.5, 0),
    # converters and reference
    "U301": (45.0, 39.5, 0),
    "U302": (56.5, 39.5, 0),
    "U304": (66.5, 36.0, 0),
    "U305": (66.0, 43.0, 0),
    "U303": (81.5, 39.0, 180),
    # columns
    "U201": (46.0, 50.5, 0),
    "U211": (58.0, 50.5, 0),
    "U202": (75.0, 50.5, 0),
    "U212": (87.0, 50.5, 0),
    "U213": (46.0, 63.0, 0),
    "U203": (56.0, 63.0, 0),
    "U215": (66.0, 63.0, 0),
    "U214": (75.4, 63.0, 0),
    "U204": (85.0, 63.0, 0),
    "U216": (94.6, 63.0, 0),
    "U402": (62.0, 75.0, 90),
    "U403": (76.0, 75.0, 90),
    "U701": (88.5, 75.0, 0),
    "U404": (92.0, 85.5, 0),
    # arm and trip
    "U501": (65.0, 86.0, 0),
    "U502": (72.6, 83.0, 0),
    "U503": (80.0, 85.5, 0),
    "U504": (73.0, 88.5, 0),
    # device under test
    "J1": (25.0, 96.6, 90),
    "J2": (40.0, 90.2, 90),
    "RN1": (14.0, 90.2, 90),
    # board
    "H1": (HOLE, HOLE, 0),
    "H2": (SIZE[0] - HOLE, HOLE, 0),
    "H3": (HOLE, SIZE[1] - HOLE, 0),
    "H4": (SIZE[0] - HOLE, SIZE[1] - HOLE, 0),
    "FID1": (9.6, 96.0, 0),
    "FID2": (90.0, 96.0, 0),
    "FID3": (97.0, 34.0, 0),
}

# A capacitor belongs at the supply pin of its chip, whatever else shares the rail.
BYPASS: dict[str, str] = {
    **{f"C15{k}{n}": f"U{101 + k}" for k in range(2) for n in (1, 2)},
    **{f"C16{k}{n}": f"U{111 + k}" for k in range(4) for n in (1, 2)},
    **{f"C17{k}1": f"U{121 + k}" for k in range(2)},
    **{f"C25{k}{n}": f"U{201 + k}" for k in range(4) for n in (1, 2)},
    **{f"C26{k}{n}": f"U{211 + k}" for k in range(6) for n in (1, 2)},
    **{f"C30{k}{n}": f"U{301 + k}" for k in range(2) for n in (1, 2, 3, 4)},
    **{f"C33{n}": "U303" for n in range(1, 8)},
    "C341": "U304",
    "C343": "U304",
    "C345": "U305",
    "C346": "U305",
    **{f"C40{k}": f"U40{k}" for k in range(1, 5)},
    "C501": "U501",
    "C511": "U502",
    "C521": "U503",
    "C531": "U504",
    "C701": "U701",
    "C702": "U701",
    "C611": "U601",
    "C613": "U601",
    "C614": "U601",
    "C621": "U602",
    "C622": "U602",
    "C623": "U602",
    "C631": "U603",
    "C632": "U603",
    "C641": "U604",
    "C642": "U604",
    "C802": "U802",
    "C801": "U803",
    "C811": "U804",
}
