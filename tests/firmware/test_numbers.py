from expect import refusal

from ohmboard import numbers
from ohmboard.errors import DATA_TYPE, OUT_OF_RANGE, SUFFIX


def test_volts_in_every_spelling():
    for text in ("0.2", "200e-3", "+2E-1", ".2", "0.2V", "0.2 v", "200 mV", "200MV", "200000uV", "2e2 mV", " 0.20 "):
        assert numbers.microvolts(text) == 200_000, text
    assert numbers.microvolts("-1.5E+0") == -1_500_000
    assert numbers.microvolts("2.") == 2_000_000


def test_seconds_in_every_spelling():
    for text in ("1e-5", "10 us", "0.01ms", "10000ns", "0.00001 s"):
        assert numbers.nanoseconds(text) == 10_000, text


def test_zero_is_zero_whatever_its_exponent():
    for text in ("0", "-0", "0.000", "0E999", "0e-99999"):
        assert numbers.microvolts(text) == 0, text


def test_what_cannot_be_set_exactly_is_refused():
    for text in ("0.0000001", "1e-7", "0.1uV", "3000", "1e99", "-1e400", "1E999999999999", "1e-500"):
        refusal(OUT_OF_RANGE, numbers.microvolts, text)


def test_the_bounds_of_int32_are_kept():
    assert numbers.microvolts("2147.483647") == 2147483647
    assert numbers.microvolts("-2147.483648") == -2147483648
    refusal(OUT_OF_RANGE, numbers.microvolts, "2147.483648")
    refusal(OUT_OF_RANGE, numbers.microvolts, "-2147.483649")


def test_what_is_no_number_is_refused():
    for text in ("", "NaN", "INF", "-inf", "V", "+", ".", "e5", "MIN", "--1"):
        refusal(DATA_TYPE, numbers.microvolts, text)


def test_suffixes_of_another_unit_are_refused():
    for text in ("1 A", "1 s", "1e", "1e+", "1.2.3", "1_000", "0x10", "1 kV"):
        refusal(SUFFIX, numbers.microvolts, text)
    refusal(SUFFIX, numbers.nanoseconds, "1 V")
    refusal(SUFFIX, numbers.whole, "1 V")


def test_whole_numbers():
    assert numbers.whole("16") == 16
    assert numbers.whole("1.6e1") == 16
    refusal(OUT_OF_RANGE, numbers.whole, "16.5")


def test_many_digits_are_exact():
    assert numbers.microvolts("0.300000" + "0" * 200) == 300_000
    refusal(OUT_OF_RANGE, numbers.microvolts, "0.300000" + "0" * 200 + "1")


def test_fixed_text_and_back():
    for value in (0, 1, -1, 999_999, 1_000_000, -1_000_001, 2147483647, -2147483648):
        assert numbers.microvolts(numbers.fixed(value, 6)) == value
        assert numbers.nanoseconds(numbers.fixed(value, 9)) == value
    assert numbers.fixed(-1_200_000, 6) == "-1.200000"
    assert numbers.fixed(-5, 6) == "-0.000005"


def test_currents_as_scpi_writes_them():
    assert numbers.current(1234500) == "1234500E-11"
    assert numbers.current(-7) == "-7E-11"
    assert numbers.current(2147483647) == "9.9E37"
    assert numbers.current(-2147483647) == "-9.9E37"
    assert numbers.current(-2147483648) == "9.91E37"
