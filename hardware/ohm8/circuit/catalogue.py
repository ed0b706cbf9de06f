"""Every kind of part on the board: symbol, footprint, what to order and what may replace it.

Maker's numbers are as remembered from catalogues; none was checked against a distributor's live list.
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


def resistor(value: str, grade: str = "1 %", power: bool = False) -> Kind:
    """A resistor of grade 1 %, or 0.1 % thin film of 25 ppm/K; 0402, or 0805 where it carries a line's current."""
    footprint = _R0805 if power else _R0402
    if grade == "0.1 %":
        series = "RG2012P" if power else "RG1005P"
        alternates = "Panasonic ERA, 0.1 %, 25 ppm/K"
        return Kind("Device:R", value, footprint, "Susumu", f"{series}-{_code(value)}-B-T5", alternates)
    series = "RC0805FR" if power else "RC0402FR"
    return Kind("Device:R", value, footprint, "Yageo", f"{series}-07{_european(value)}L", "any of 1 % and this size")


def capacitor(value: str, grade: str = "X7R") -> Kind:
    """A ceramic capacitor: C0G for the signal path, X7R for supplies; 0402, and 0805 for 10u, 25 V."""
    if value == "10u":
        return Kind("Device:C", value, _C0805, "Samsung", "CL21A106KAYNNNE", "Murata GRM21BR61E106KA73L")
    if value == "1u":
        return Kind("Device:C", value, _C0402, "Murata", "GRM155R61E105KA12D", "any 1 uF, 25 V, 0402")
    if grade == "C0G":
        return Kind("Device:C", value, _C0402, "Murata", f"GRM1555C1H {value} 5 %", "any C0G, 50 V, 0402")
    return Kind("Device:C", value, _C0402, "Murata", f"GCM155R71H {value} 10 %", "any X7R, 50 V, 0402")


def _european(value: str) -> str:
    """4.99k as 4K99, 100 as 100R."""
    letter = {"k": "K", "M": "M"}.get(value[-1], "R")
    digits = value.rstrip("kM")
    return digits.replace(".", letter) if "." in digits else digits + letter


def _code(value: str) -> str:
    """The four-digit code of a value such as 4.99k: three digits and the number of zeros."""
    scale = {"k": 1e3, "M": 1e6}.get(value[-1], 1.0)
    ohms = float(value.rstrip("kM")) * scale
    zeros = 0
    while ohms >= 1000:
        ohms /= 10
        zeros += 1
    return f"{round(ohms):d}{zeros}"


PICO = Kind(
    "ohm8:RaspberryPi_Pico",
    "Raspberry Pi Pico",
    "Module:RaspberryPi_Pico_Common_THT",
    "Raspberry Pi",
    "SC0915",
    "Pico H, Pico 2",
)
DAC = Kind(
    "ohm8:AD5676",
    "AD5676",
    "Package_SO:TSSOP-20_4.4x6.5mm_P0.65mm",
    "Analog Devices",
    "AD5676BRUZ",
    "AD5676ARUZ; AD5676RBRUZ with its reference switched off",
)
ADC = Kind(
    "ohm8:AD7606C-16",
    "AD7606C-16",
    "Package_QFP:LQFP-64_10x10mm_P0.5mm",
    "Analog Devices",
    "AD7606C-16BSTZ",
    "AD7606BBSTZ, slower input filter",
)
SWITCH_ROW = Kind(
    "ohm8:TMUX6213", "TMUX6213", _TSSOP16, "Texas Instruments", "TMUX6213PWR", "ADG1413YRUZ; MAX314CUE; DG413"
)
SWITCH_NC = Kind(
    "ohm8:TMUX6211", "TMUX6211", _TSSOP16, "Texas Instruments", "TMUX6211PWR", "ADG1411YRUZ; MAX312CUE; DG411"
)
SWITCH_NO = Kind(
    "ohm8:TMUX6212",
    "TMUX6212",
    _TSSOP16,
    "Texas Instruments",
    "TMUX6212PWR",
    "ADG1412YRUZ; MAX313CUE; range M also DG412",
)
MUX = Kind("Analog_Switch:ADG1408YRUZ", "ADG1408", _TSSOP16, "Analog Devices", "ADG1408YRUZ", "TMUX6208PWR; DG408")
TIA = Kind(
    "Amplifier_Operational:OPA4197xPW",
    "OPA4197",
    _TSSOP14,
    "Texas Instruments",
    "OPA4197IPWR",
    "OPA4192IPWR, lower offset",
)
DRIVER = Kind("ohm8:TLV9154", "TLV9154", _TSSOP14, "Texas Instruments", "TLV9154IPWR", "OPA4197IPWR")
DOUBLER = Kind(
    "Amplifier_Operational:OPA197xDBV", "OPA197", _SOT23_5, "Texas Instruments", "OPA197IDBVR", "OPA192IDBVR"
)
REFERENCE = Kind(
    "Reference_Voltage:REF5025ID", "REF5025", _SOIC8, "Texas Instruments", "REF5025ID", "ADR4525BRZ (pins 2, 4, 6)"
)
LATCH = Kind("74xx:74AHC595", "74AHC595", _SOIC16, "Nexperia", "74AHC595D", "74HC595 to 15 MHz")
AND4 = Kind("ohm8:74HC08", "74HC08", _SOIC14, "Nexperia", "74HC08D", "74LVC08AD")
OR4 = Kind("ohm8:74HC32", "74HC32", _SOIC14, "Nexperia", "74HC32D", "74LVC32AD")
DECODER = Kind("ohm8:74HC139", "74HC139", _SOIC16, "Nexperia", "74HC139D", "")
FLIPFLOP = Kind("74xx:74HC74", "74HC74", _SOIC14, "Nexperia", "74HC74D", "74LVC74AD")
AND2 = Kind(
    "74xGxx:74LVC2G08", "74LVC2G08", "Package_SO:VSSOP-8_2.3x2mm_P0.5mm", "Texas Instruments", "SN74LVC2G08DCUR", ""
)
COMPARATOR = Kind("Comparator:MCP6567", "MCP6567", _SOIC8, "Microchip", "MCP6567-E/SN", "LMV393, slower")
SUPERVISOR = Kind(
    "ohm8:TPS3808G01DBV", "TPS3808G01", "Package_TO_SOT_SMD:SOT-23-6", "Texas Instruments", "TPS3808G01DBVR", ""
)
EEPROM = Kind("Memory_EEPROM:AT24CS64-SSHM", "AT24CS64", _SOIC8, "Microchip", "AT24CS64-SSHM-T", "AT24CS32-SSHM")
CONVERTER = Kind(
    "Converter_DCDC:IH0509S",
    "IH0509S",
    "Converter_DCDC:Converter_DCDC_XP_POWER-IHxxxxS_THT",
    "XP Power",
    "IH0509S",
    "2 W, +-9 V, SIP-7 of the same pins",
)
LDO_P7V5 = Kind(
    "Regulator_Linear:ADP7142ARDZ",
    "ADP7142",
    "Package_SO:SOIC-8-1EP_3.9x4.9mm_P1.27mm_EP2.29x3mm",
    "Analog Devices",
    "ADP7142ARDZ",
    "",
)
LDO_ADJ = Kind("Regulator_Linear:ADP7142AUJZ", "ADP7142", _TSOT23_5, "Analog Devices", "ADP7142AUJZ-R7", "")
LDO_5V = Kind("Regulator_Linear:ADP7142AUJZ-5.0", "ADP7142-5.0", _TSOT23_5, "Analog Devices", "ADP7142AUJZ-5.0-R7", "")
LDO_NEG = Kind("Regulator_Linear:ADP7182AUJZ", "ADP7182", _TSOT23_5, "Analog Devices", "ADP7182AUJZ-R7", "LT1964-SD")
PEAK = Kind("ohm8:BAV99", "BAV99", _SOT23, "Nexperia", "BAV99,215", "any BAV99")
CLAMP = Kind("ohm8:BAV199", "BAV199", _SOT23, "Nexperia", "BAV199,215", "low leakage needed: no BAV99")
INPUT_CLAMP = Kind("Diode:BAT54S", "BAT54S", _SOT23, "Nexperia", "BAT54S,215", "any BAT54S")
SCHOTTKY = Kind("Device:D_Schottky", "BAT54WS", "Diode_SMD:D_SOD-323", "Vishay", "BAT54WS-E3-08", "any BAT54, SOD-323")
TVS = Kind("Device:D_TVS", "SMAJ5.0A", "Diode_SMD:D_SMA", "Littelfuse", "SMAJ5.0A", "any SMAJ5.0A")
FUSE = Kind(
    "Device:Polyfuse", "0.75A", "Fuse:Fuse_1206_3216Metric", "Littelfuse", "1206L075/13.3WR", "any 0.75 A hold, 1206"
)
INDUCTOR = Kind("Device:L", "10u", "Inductor_SMD:L_1210_3225Metric", "TDK", "NLCV32T-100K-PF", "10 uH, 0.4 A, 1210")
LED_RED = Kind("Device:LED", "trip", "LED_SMD:LED_0603_1608Metric", "Wurth", "150060RS75000", "any red 0603")
LED_GREEN = Kind("Device:LED", "status", "LED_SMD:LED_0603_1608Metric", "Wurth", "150060GS75000", "any green 0603")
HEADER = Kind(
    "Connector_Generic:Conn_02x20_Odd_Even",
    "2x20",
    "Connector_PinHeader_2.54mm:PinHeader_2x20_P2.54mm_Vertical",
    "Samtec",
    "TSW-120-07-G-D",
    "any 2x20 header, 2.54 mm",
)
SOCKET = Kind(
    "Connector_Generic:Conn_02x08_Counter_Clockwise",
    "DIP-16",
    "Package_DIP:DIP-16_W7.62mm_Socket",
    "Mill-Max",
    "110-43-316-41-001000",
    "ZIF socket 216-3340 on pins",
)
LINK_SOCKET = Kind(
    "Device:R_Pack08",
    "8x 0R",
    "Package_DIP:DIP-16_W7.62mm_Socket",
    "Mill-Max",
    "110-43-316-41-001000",
    "8 wire links, or a DIP-16 network of 8 resistors",
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
