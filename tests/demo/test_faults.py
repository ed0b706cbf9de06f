import pytest

from ohmloop.cli.demonstration.faults import Faults
from ohmloop.cli.failure import CommandError


def test_wire_and_array() -> None:
    faults = Faults.parse("wire=loss:0.02,corrupt:0.01;stuck=0.005")
    assert faults.wire == {"lose": 0.02, "corrupt": 0.01}
    assert faults.stuck == 0.005
    assert faults.requests(7) == [
        {"wire": {"lose": 0.02, "corrupt": 0.01, "seed": 7}},
        {"stuck": {"fraction": 0.005, "seed": 7}},
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing is to go wrong"),
        ("wire", "no wire fault ''"),
        ("wire=gremlins:0.1", "no wire fault 'gremlins'; there are loss, late"),
        ("wire=loss", "loss needs a rate from 0 to 1, not ''"),
        ("wire=loss:2", "not '2'"),
        ("wire=loss:nan", "not 'nan'"),
        ("wire=loss:0.6,late:0.6", "must not add up to 1.2"),
        ("stuck=many", "stuck needs a rate"),
        ("smoke=0.1", "not of 'smoke'"),
    ],
)
def test_what_makes_no_sense_is_named(text: str, says: str) -> None:
    with pytest.raises(CommandError, match="for example wire=loss") as refusal:
        Faults.parse(text)
    assert says in str(refusal.value)
