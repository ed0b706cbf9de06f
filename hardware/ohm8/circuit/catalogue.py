"""Every kind of part on the board: symbol, footprint, what to order and what may replace it.

Order numbers are whole: what a distributor's search finds. Alternates fit without a change of board or firmware; they
are separated by semicolons, and a text in brackets says what is different. Nothing was looked up in a live stock list;
UNSEEN names the numbers that no public parts list or data sheet was found for.
"""

from __future__ import annotations

from ohm8.circuit.model import Kind

_R0402 = "Resistor_SMD:R_0402_1005Metric"
_R0805 = "Resistor_SMD:R_0805_2012Metric"
_C0402 = "Capacitor_SMD:C_0402_1005Metric"
_C0805 = "Capacitor_SMD:C_0805_2012Metric"
_SOT23 = "Package_TO_SOT_SMD:SOT-23"
_SOT23_5 = "Package_TO_SOT_SMD:SOT-23-5"
_TSOT23_5 = "Package_TO_SOT_SMD:TSOT-23-5"
_TSSOP14 = "Package_SO:TSSOP-14_4.4x5mm_P0.65mm"
_TSSOP16 = "Package_SO:TSSOP-16_4.4x5mm_P0.65mm"
_SOIC8 = "Package_SO:SOIC-8_3.9x4.9mm_P1.27mm"
_SOIC14 = "Package_SO:SOIC-14_3.9x8.7mm_P1.27mm"
_SOIC16 = "Package_SO:SOIC-16_3.9x9.9mm_P1.27mm"


UNSEEN = frozenset(
    {
        "TMUX6211PWR",
        "TMUX6213PWR",
        "TLV9154IPWR",
        "MCP6567-E/SN",
        "IH0509S",
        "ERA-6AEB201V",
        "ERA-2AEB8661X",
        "ERA-2AEB2552X",
        "ERA-2AEB4022X",
        "RG1005N-104-W-T1",
    }
)
"""Order numbers put together from the maker's own system, or from memory: look them up before ordering."""

_MURATA_C0G = "GRM1555C1H{code}JA01D"  # 0402, 50 V, 5 %
_YAGEO_C0G = "CC0402JRNPO9BN{code}"


def resistor(value: str, grade: str = "1 %", power: bool = False) -> Kind:
    """A resistor: thick film 1 %, thin film 0.1 % and 25 ppm/K, or 0.05 % and 10 ppm/K.

    0402, or 0805 where it carries a line's current.
    """
    footprint = _R0805 if power else _R0402
    ohm = _ohm(value)
    if grade == "0.05 %":
        return Kind("Device:R", value, footprint, "Susumu", f"RG1005N-{_digits(ohm)}-W-T1", "")
    if grade == "0.1 %":
        panasonic = f"ERA-6AEB{_digits(ohm)}V" if power else f"ERA-2AEB{_digits(ohm)}X"
        susumu = f"{'RG2012P' if power else 'RG1005P'}-{_digits(ohm)}-B-T5"
        return Kind("Device:R", value, footprint, "Panasonic", panasonic, susumu)
    yageo = f"{'RC0805FR' if power else 'RC0402FR'}-07{_european(value)}L"
    panasonic = f"ERJ-6ENF{_four(ohm)}V" if power else f"ERJ-2RKF{_four(ohm)}X"
    return Kind("Device:R", value, footprint, "Yageo", yageo, panasonic)


def capacitor(value: str, grade: str = "X7R") -> Kind:
    """A ceramic capacitor: C0G for the signal path, X7R for supplies; 0402, and 0805 for 10u, 25 V."""
    if value == "10u":
        return Kind("Device:C", value, _C0805, "Samsung", "CL21A106KAYNNNE", "GRM21BR61E106KA73L")
    if value == "1u":
        return Kind("Device:C", value, _C0402, "Murata", "GRM155R61E105KA12D", "CL05A105KA5NQNC")
    if grade == "C0G":
        code = _digits(float(value[:-1]) * {"p": 1, "n": 1e3}[value[-1]])
        return Kind("Device:C", value, _C0402, "Murata", _MURATA_C0G.format(code=code), _YAGEO_C0G.format(code=code))
    if value != "100n":
        raise ValueError(f"no order number is known for {value}, {grade}")
    return Kind("Device:C", value, _C0402, "Murata", "GRM155R71H104KE14D", "C1005X7R1H104K050BB")


def _ohm(value: str) -> float:
    return float(value.rstrip("kM")) * {"k": 1e3, "M": 1e6}.get(value[-1], 1.0)


def _european(value: str) -> str:
    """4.99k as 4K99, 100 as 100R."""
    letter = {"k": "K", "M": "M"}.get(value[-1], "R")
    digits = value.rstrip("kM")
    return digits.replace(".", letter) if "." in digits else digits + letter


def _digits(amount: float) -> str:
    """Two digits and the number of zeros for a value of the E24 series, else three and the number of zeros."""
    short = _significant(amount, 2)
    return _four(amount) if short is None else short


def _four(amount: float) -> str:
    """Three digits and the number of zeros.

    Raises:
        ValueError: the amount has more digits, or less than 100 ohm or picofarad needs an R.
    """
    code = _significant(amount, 3)
    if code is not None:
        return code
    if 10 <= amount < 100:
        return f"{amount:.1f}".replace(".", "R")
    raise ValueError(f"{amount} has no four-digit code")


def _significant(amount: float, digits: int) -> str | None:
    zeros = len(str(round(amount))) - digits
    if zeros < 0:
        return None
    mantissa = round(amount / 10**zeros)
    return f"{mantissa}{zeros}" if abs(mantissa * 10**zeros - amount) < 1e-6 * amount else None


PICO = Kind(
    "ohm8:RaspberryPi_Pico",
    "Raspberry Pi Pico",
    "Module:RaspberryPi_Pico_Common_THT",
    "Raspberry Pi",
    "SC0915",
    "SC0917 (with headers)",
)
DAC = Kind(
    "ohm8:AD5676",
    "AD5676",
    "Package_SO:TSSOP-20_4.4x6.5mm_P0.65mm",
    "Analog Devices",
    "AD5676BRUZ",
    "AD5676ARUZ (lower grade)",
)
ADC = Kind(
    "ohm8:AD7606C-16",
    "AD7606C-16",
    "Package_QFP:LQFP-64_10x10mm_P0.5mm",
    "Analog Devices",
    "AD7606C-16BSTZ",
    "",
)
SWITCH_ROW = Kind("ohm8:TMUX6213", "TMUX6213", _TSSOP16, "Texas Instruments", "TMUX6213PWR", "ADG1413YRUZ")
SWITCH_NC = Kind("ohm8:TMUX6211", "TMUX6211", _TSSOP16, "Texas Instruments", "TMUX6211PWR", "ADG1411YRUZ")
SWITCH_NO = Kind(
    "ohm8:TMUX6212",
    "TMUX6212",
    _TSSOP16,
    "Texas Instruments",
    "TMUX6212PWR",
    "ADG1412YRUZ",
)
MUX = Kind("Analog_Switch:ADG1408YRUZ", "ADG1408", _TSSOP16, "Analog Devices", "ADG1408YRUZ", "TMUX6208PWR")
TIA = Kind(
    "Amplifier_Operational:OPA4197xPW",
    "OPA4197",
    _TSSOP14,
    "Texas Instruments",
    "OPA4197IPWR",
    "OPA4192IPWR (lower offset)",
)
DRIVER = Kind("ohm8:TLV9154", "TLV9154", _TSSOP14, "Texas Instruments", "TLV9154IPWR", "OPA4197IPWR")
DOUBLER = Kind(
    "Amplifier_Operational:OPA197xDBV", "OPA197", _SOT23_5, "Texas Instruments", "OPA197IDBVR", "OPA192IDBVR"
)
REFERENCE = Kind("Reference_Voltage:REF5025ID", "REF5025", _SOIC8, "Texas Instruments", "REF5025IDR", "ADR4525BRZ")
LATCH = Kind("74xx:74AHC595", "74AHC595", _SOIC16, "Nexperia", "74AHC595D,118", "SN74AHC595DR")
AND4 = Kind("ohm8:74HC08", "74HC08", _SOIC14, "Nexperia", "74HC08D,653", "SN74HC08DR")
OR4 = Kind("ohm8:74HC32", "74HC32", _SOIC14, "Nexperia", "74HC32D,653", "SN74HC32DR")
DECODER = Kind("ohm8:74HC139", "74HC139", _SOIC16, "Nexperia", "74HC139D,653", "SN74HC139DR")
FLIPFLOP = Kind("74xx:74HC74", "74HC74", _SOIC14, "Nexperia", "74HC74D,653", "SN74HC74DR")
AND2 = Kind(
    "74xGxx:74LVC2G08",
    "74LVC2G08",
    "Package_SO:VSSOP-8_2.3x2mm_P0.5mm",
    "Texas Instruments",
    "SN74LVC2G08DCUR",
    "74LVC2G08DC,125",
)
COMPARATOR = Kind("Comparator:MCP6567", "MCP6567", _SOIC8, "Microchip", "MCP6567-E/SN", "LMV393IDR (slower trip)")
SUPERVISOR = Kind(
    "ohm8:TPS3808G01DBV",
    "TPS3808G01",
    "Package_TO_SOT_SMD:SOT-23-6",
    "Texas Instruments",
    "TPS3808G01DBVR",
    "PT7M3808G01TAE",
)
EEPROM = Kind("Memory_EEPROM:AT24CS64-SSHM", "AT24CS64", _SOIC8, "Microchip", "AT24CS64-SSHM-B", "AT24CS32-SSHM-B")
CONVERTER = Kind(
    "Converter_DCDC:IH0509S",
    "IH0509S",
    "Converter_DCDC:Converter_DCDC_XP_POWER-IHxxxxS_THT",
    "XP Power",
    "IH0509S",
    "A0509S-2WR3",
)
LDO_P7V5 = Kind(
    "Regulator_Linear:ADP7142ARDZ",
    "ADP7142",
    "Package_SO:SOIC-8-1EP_3.9x4.9mm_P1.27mm_EP2.29x3mm",
    "Analog Devices",
    "ADP7142ARDZ",
    "ADP7118ARDZ",
)
LDO_ADJ = Kind(
    "Regulator_Linear:ADP7142AUJZ", "ADP7142", _TSOT23_5, "Analog Devices", "ADP7142AUJZ-R7", "ADP7118AUJZ-R7"
)
LDO_5V = Kind(
    "Regulator_Linear:ADP7142AUJZ-5.0",
    "ADP7142-5.0",
    _TSOT23_5,
    "Analog Devices",
    "ADP7142AUJZ-5.0-R7",
    "ADP7118AUJZ-5.0-R7",
)
LDO_NEG = Kind(
    "Regulator_Linear:ADP7182AUJZ", "ADP7182", _TSOT23_5, "Analog Devices", "ADP7182AUJZ-R7", "LT1964ES5-SD#TRMPBF"
)
PEAK = Kind("ohm8:BAV99", "BAV99", _SOT23, "Nexperia", "BAV99,215", "BAV99LT1G")
CLAMP = Kind("ohm8:BAV199", "BAV199", _SOT23, "Nexperia", "BAV199,215", "BAV199LT1G")
INPUT_CLAMP = Kind("Diode:BAT54S", "BAT54S", _SOT23, "Nexperia", "BAT54S,215", "BAT54SLT1G")
SCHOTTKY = Kind("Device:D_Schottky", "BAT54WS", "Diode_SMD:D_SOD-323", "Vishay", "BAT54WS-E3-08", "BAT54WS-7-F")
TVS = Kind("Device:D_TVS", "SMAJ5.0A", "Diode_SMD:D_SMA", "Littelfuse", "SMAJ5.0A", "SMAJ5.0A-13-F")
FUSE = Kind("Device:Polyfuse", "0.75A", "Fuse:Fuse_1206_3216Metric", "Littelfuse", "1206L075/16WR", "MF-NSMF075-2")
INDUCTOR = Kind("Device:L", "10u", "Inductor_SMD:L_1210_3225Metric", "TDK", "NLCV32T-100K-EF", "LQH32CN100K53L")
LED_RED = Kind("Device:LED", "trip", "LED_SMD:LED_0603_1608Metric", "Wurth", "150060RS75000", "LTST-C190KRKT")
LED_GREEN = Kind("Device:LED", "status", "LED_SMD:LED_0603_1608Metric", "Wurth", "150060GS75000", "LTST-C190KGKT")
HEADER = Kind(
    "Connector_Generic:Conn_02x20_Odd_Even",
    "2x20",
    "Connector_PinHeader_2.54mm:PinHeader_2x20_P2.54mm_Vertical",
    "Samtec",
    "TSW-120-07-G-D",
    "M20-9982045",
)
SOCKET = Kind(
    "Connector_Generic:Conn_02x08_Counter_Clockwise",
    "DIP-16",
    "Package_DIP:DIP-16_W7.62mm_Socket",
    "Mill-Max",
    "110-43-316-41-001000",
    "1-2199298-4; 216-3340-00-0602J (zero force)",
)
LINK_SOCKET = Kind(
    "Device:R_Pack08",
    "8x 0R",
    "Package_DIP:DIP-16_W7.62mm_Socket",
    "Mill-Max",
    "110-43-316-41-001000",
    "1-2199298-4",
)
JUMPER = Kind(
    "Jumper:SolderJumper_2_Open", "open", "Jumper:SolderJumper-2_P1.3mm_Open_RoundedPad1.0x1.5mm", bought=False
)
BRIDGE = Kind(
    "Jumper:SolderJumper_2_Bridged", "closed", "Jumper:SolderJumper-2_P1.3mm_Bridged_RoundedPad1.0x1.5mm", bought=False
)
TEST_POINT = Kind("Connector:TestPoint", "", "TestPoint:TestPoint_Pad_D1.0mm", bought=False)
HOLE = Kind("Mechanical:MountingHole_Pad", "M3", "MountingHole:MountingHole_3.2mm_M3_Pad_Via", bought=False)
FIDUCIAL = Kind("Mechanical:Fiducial", "", "Fiducial:Fiducial_1mm_Mask2mm", bought=False)
