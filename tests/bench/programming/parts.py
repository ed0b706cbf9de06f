"""The parts of the table, each giving rows."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.programming.arrays import Device, learned
from tests.bench.programming.contest import interval
from tests.bench.programming.players import BASELINES, FILES_WIDTH, NEURRAM, ORACLE, Played, Table, best_for, stale
from tests.bench.results import Row

COMMAND = "make bench-programming"
DEVICES = ("vteam", "mss-sdc", "synaptogen")
TOLERANCES = (0.05, 0.02, 0.01)
SEEDS, BAND_SEEDS = (1, 2, 3), (1, 2, 3, 4, 5)
BAND = 0.025
GUARDS = (1.0, 0.8, 0.6, 0.4)
SETTING = "32x32 selected cells, at most 16 readings a decision, no second pass"


def league(table: Table) -> Iterator[Row]:
    """Every policy, device and tolerance."""
    goals = {("synaptogen", 0.02): 3.8, ("mss-sdc", 0.02): 2.9}
    for preset in DEVICES:
        device = Device(preset)
        for tolerance in TOLERANCES:
            ours = table.play(device, best_for(device), SEEDS, tolerance)
            where = f"{preset} {100 * tolerance:g} %"
            if (preset, tolerance) in goals:
                yield _row(f"{where}: pulses a cell", ours.pulses, goals[preset, tolerance], "required", 1.0, ours.note)
            others = [name for name in ("ekf", "bayes", "level") if name != ours.name]
            for name in (*others, *BASELINES, *(() if device.level_type else (ORACLE,))):
                peer = table.play(device, name, SEEDS, tolerance)
                yield _against(f"{where}: {ours.name} against {name}", ours, peer, None if name == ORACLE else 1.0)


def band(table: Table) -> Iterator[Row]:
    """The band of NeuRRAM, +-2.5 % of the range, on VTEAM."""
    device = Device("vteam")
    wide, narrow = (table.play(device, "bayes", BAND_SEEDS, BAND, guard) for guard in (1.0, 0.6))
    yield _row("vteam 2.5 %, guard 1.0: pulses a cell", wide.pulses, 3.2, "required", 1.0, wide.note)
    yield _row("vteam 2.5 %, guard 1.0: declared", wide.declared, 99.5, "required", 1.0, wide.note, "%")
    yield _row("vteam 2.5 %, guard 1.0: truly in band", wide.true, 94.0, "required", 1.0, wide.note, "%")
    yield _row("vteam 2.5 %, guard 0.6: pulses a cell", narrow.pulses, 4.0, "required", 1.0, narrow.note)
    yield _row("vteam 2.5 %, guard 0.6: truly in band", narrow.true, 97.0, "required", 1.0, narrow.note, "%")
    for name, goal in ((NEURRAM, 4.0), ("ispp", None), ("vipi", 2.0), (FILES_WIDTH, 2.0), (ORACLE, 1 / 1.6)):
        peer = table.play(device, name, BAND_SEEDS, BAND)
        yield _against(f"vteam 2.5 %, guard 1.0: bayes against {name}", wide, peer, goal)
        if name != ORACLE:
            careful = table.play(device, name, BAND_SEEDS, BAND, 0.6)
            yield _against(f"vteam 2.5 %, guard 0.6: bayes against {name}", narrow, careful, goal)
    alike = Device("vteam", (("device.d2d_threshold", 0.0), ("device.d2d_rate", 0.0)))
    ours, peer = (table.play(alike, name, BAND_SEEDS, BAND) for name in ("bayes", ORACLE))
    yield _against(f"vteam 2.5 %, guard 1.0, thresholds and rates alike: bayes against {ORACLE}", ours, peer, None)


def guards(table: Table) -> dict[str, list[Played]]:
    """What the drawing of pulses against true in-band over the guard shows."""
    device = Device("vteam")
    return {
        name: [table.play(device, name, SEEDS, BAND, guard) for guard in GUARDS]
        for name in ("bayes", "ekf", "vipi", "ispp", NEURRAM)
    }


def robustness(table: Table) -> Iterator[Row]:
    """VTEAM at 2 %, one thing off at a time. Each case's population is learned from a sample of its own cells."""
    nominal = Device("vteam")
    known = learned(nominal)
    changed = {
        "cycle noise 10 %": Device("vteam", (("device.c2c_rate", 0.1),)),
        "cycle noise 100 %": Device("vteam", (("device.c2c_rate", 1.0),)),
        "threshold spread 3 %": Device("vteam", (("device.d2d_threshold", 0.03),)),
        "threshold spread 15 %": Device("vteam", (("device.d2d_threshold", 0.15),)),
        "threshold spread 26 %": Device("vteam", (("device.d2d_threshold", 0.26),)),
        "read noise 0.3 %": Device("vteam", (("read_noise.white", 0.003),)),
        "read noise 2 %": Device("vteam", (("read_noise.white", 0.02),)),
        "read noise 2 %, half of it slow": Device("vteam", (("read_noise.white", 0.02), ("read_noise.slow", 0.01))),
        "1 % stuck": Device("vteam", (("stuck.low", 0.005), ("stuck.high", 0.005))),
    }
    cases = [("nominal", nominal, known, "")]
    cases += [(name, device, None, name) for name, device in changed.items()]
    cases += [(f"stale profile x{f:g}", nominal, stale(known, f), f"stale {f}") for f in (0.85, 1.15, 1.3)]
    cases += [("generic population", nominal, None, "generic")]
    for name, device, population, about in cases:
        play = {"population": population, "about": about}
        ours = table.play(device, "bayes", SEEDS, 0.02, **play)  # type: ignore[arg-type]
        for other, goal in (("ekf", 1.0), ("vipi", 1.0), ("ispp", 1.0), (ORACLE, None)):
            peer = table.play(device, other, SEEDS, 0.02, **play)  # type: ignore[arg-type]
            yield _against(f"robustness, vteam 2 %, {name}: bayes against {other}", ours, peer, goal)


def default(table: Table) -> Iterator[Row]:
    """What a user gets: `ohmloop characterise`, its pulses counted, then the policy that it chooses."""
    for preset in DEVICES:
        device = Device(preset)
        for tolerance in TOLERANCES:
            given = table.by_default(device, SEEDS, tolerance)
            ours = table.play(device, best_for(device), SEEDS, tolerance)
            plain = table.play(device, best_for(device), SEEDS, tolerance, about="generic")
            names = ("ekf", "bayes", "level", *BASELINES)
            rest = [table.play(device, name, SEEDS, tolerance) for name in names if name != ours.name]
            best = min([ours, plain, *rest], key=lambda played: played.pulses)
            case = f"default, {preset} {100 * tolerance:g} %"
            note = f"{given.sampled:.2f} pulses a cell of the array for `characterise`; {given.note}; best: {best.note}"
            yield _row(f"{case}: with its sample", given.pulses + given.sampled, best.pulses, best.name, 1 / 1.3, note)
            note = f"nothing was measured before; {plain.note}; best: {best.note}"
            yield _row(f"{case}: without a sample", plain.pulses, best.pulses, best.name, 1 / 1.3, note)


def _against(case: str, ours: Played, peer: Played, goal: float | None) -> Row:
    times = interval([other.pulses / own.pulses for other, own in zip(peer.figures, ours.figures, strict=True)])
    return _row(case, ours.pulses, peer.pulses, peer.name, goal, f"{times} times; {ours.note}; {peer.note}")


def _row(
    case: str, ours: float, peer: float, peer_name: str, goal: float | None, note: str, unit: str = "pulses"
) -> Row:
    return Row(case, ours, peer, peer_name, goal, unit, COMMAND, f"{SETTING}; {note}")
