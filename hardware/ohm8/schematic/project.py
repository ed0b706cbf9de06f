"""Writes the KiCad project: the hierarchy of sheets, the project's symbols, the library tables and the settings."""

from __future__ import annotations

from pathlib import Path

from ohm8 import sexpr
from ohm8.circuit.model import Channel, Design, Sheet
from ohm8.circuit.symbols import own_symbols
from ohm8.schematic import items
from ohm8.schematic.drawing import Drawing
from ohm8.schematic.library import PROJECT, Symbol, library_text, stock
from ohm8.schematic.settings import project_text
from ohm8.sexpr import Node, number, quote

_VERSION = "20250114"
_BOX = (60.96, 25.4)  # a child sheet on the root sheet, mm
_CHANNEL_WIDTH = 30.48
_PITCH = 2.54


def write(design: Design, folder: Path) -> None:
    """Writes `design` as a KiCad 9 project into `folder`; the same design gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    own = own_symbols()

    def symbols(lib_id: str) -> Symbol:
        return own[lib_id] if lib_id.startswith(PROJECT + ":") else stock(lib_id)

    root = items.identity("root")
    nets = design.global_nets()
    files: dict[str, Node] = {}
    root_body: list[Node] = [items.text("root", design.title, (25.4, 20.32), 4)]
    pages: list[tuple[str, int]] = [("/", 1)]
    for order, sheet in enumerate(design.sheets):
        box = (25.4 + (order % 3) * 88.9, 38.1 + (order // 3) * 45.72)
        path = f"/{root}/{items.identity('sheet', sheet.file)}"
        root_body.append(
            _sheet_node("root", sheet.file, sheet.title, box, _BOX, f"/{root}", design.name, order + 2, [])
        )
        for row, (note, _, _) in enumerate(sheet.notes[:1]):
            root_body.append(items.text("root", note, (box[0] + 2.54, box[1] + 3.81 + row * 2.54), 1.27))
        drawing = Drawing(sheet, design.name, [path], symbols, nets)
        body = drawing.draw()
        for use in sheet.uses:
            body += _channel_nodes(sheet, use, path, design, 1 + len(design.sheets) + len(pages))
            pages.append((use.name, 0))
        files[sheet.file] = _file(sheet, body, drawing.used, design, sheet.file)
        for channel in {use.sheet.file: use.sheet for use in sheet.uses}.values():
            paths = [
                f"{path}/{items.identity('sheet', sheet.file, use.name)}" for use in sheet.uses if use.sheet is channel
            ]
            inner = Drawing(channel, design.name, paths, symbols, frozenset())
            files[channel.file] = _file(channel, inner.draw(), inner.used, design, channel.file)
    top = Sheet("root", design.title, "A4")
    files[design.name] = _file(top, root_body, {}, design, "root")
    files[design.name].append(["sheet_instances", ["path", '"/"', ["page", '"1"']]])
    for name, node in files.items():
        (folder / f"{name}.kicad_sch").write_text(sexpr.dump(node) + "\n", encoding="utf-8")
    (folder / f"{PROJECT}.kicad_sym").write_text(library_text(list(own.values())), encoding="utf-8")
    (folder / f"{design.name}.kicad_pro").write_text(project_text(design.name), encoding="utf-8")
    table: Node = ["sym_lib_table", ["version", "7"]]
    row: Node = ["lib", ["name", quote(PROJECT)], ["type", '"KiCad"'], ["uri", quote("${KIPRJMOD}/ohm8.kicad_sym")]]
    table.append([*row, ["options", '""'], ["descr", quote("symbols corrected for this board")]])
    (folder / "sym-lib-table").write_text(sexpr.dump(table) + "\n", encoding="utf-8")


def _file(sheet: Sheet, body: list[Node], used: dict[str, Symbol], design: Design, key: str) -> Node:
    node: Node = ["kicad_sch", ["version", _VERSION], ["generator", quote("eeschema")], ["generator_version", '"9.0"']]
    node.append(["uuid", quote(items.identity("root") if key == "root" else items.identity("file", key))])
    node.append(["paper", quote(sheet.paper)])
    block: Node = ["title_block", ["title", quote(f"{design.name}: {sheet.title}")], ["rev", quote(design.revision)]]
    node.append([*block, ["company", quote("ohmloop")], ["comment", "1", quote("CERN-OHL-P-2.0")]])
    node.append(["lib_symbols", *(used[name].body for name in sorted(used))])
    return [*node, *body]


def _sheet_node(
    parent: str,
    file: str,
    name: str,
    at: tuple[float, float],
    size: tuple[float, float],
    path: str,
    project: str,
    page: int,
    pins: list[Node],
    key: str = "",
) -> Node:
    node: Node = ["sheet", items.at(at), ["size", number(size[0]), number(size[1])]]
    node += [["exclude_from_sim", "no"], ["in_bom", "yes"], ["on_board", "yes"], ["dnp", "no"]]
    node += [["stroke", ["width", "0.1524"], ["type", "solid"]], ["fill", ["color", "0", "0", "0", "0.0000"]]]
    identity = items.identity("sheet", parent, key) if key else items.identity("sheet", file)
    node.append(["uuid", quote(identity)])
    node.append(items.field("Sheetname", name, (at[0], at[1] - 0.8), 0, "left bottom"))
    node.append(items.field("Sheetfile", f"{file}.kicad_sch", (at[0], at[1] + size[1] + 0.6), 0, "left top"))
    node += pins
    node.append(["instances", ["project", quote(project), ["path", quote(path), ["page", quote(str(page))]]]])
    return node


def _channel_nodes(sheet: Sheet, use: Channel, path: str, design: Design, page: int) -> list[Node]:
    """The box of a channel with its pins, and a global label at each pin."""
    left = [port for port in use.sheet.ports if port.direction == "input"]
    right = [port for port in use.sheet.ports if port.direction != "input"]
    height = _PITCH * (max(len(left), len(right)) + 1)
    pins: list[Node] = []
    labels: list[Node] = []
    for side, ports in ((180, left), (0, right)):
        for order, port in enumerate(ports):
            x = use.at[0] + (0 if side == 180 else _CHANNEL_WIDTH)
            place = (x, use.at[1] + _PITCH * (order + 1))
            pin: Node = ["pin", quote(port.net), port.direction, items.at(place, side)]
            pin += [
                ["uuid", quote(items.identity(sheet.file, use.name, port.net))],
                items.effects("left" if side == 180 else "right"),
            ]
            pins.append(pin)
            shape = "bidirectional"
            labels.append(items.label(sheet.file, "global_label", use.nets[port.net], place, side, shape))
    box = _sheet_node(
        sheet.file, use.sheet.file, use.name, use.at, (_CHANNEL_WIDTH, height), path, design.name, page, pins, use.name
    )
    return [box, *labels]
