// The dividers from the supplies of the analogue part to two analogue pins of the processor, whose converter measures
// them against its own supply.
const FIRST_ANALOGUE_PIN = 26;

export class RailMonitors {
  constructor(dividers, nominalV, pins) {
    this.dividers = dividers;
    this.channel = { vp: pins.mon_vp - FIRST_ANALOGUE_PIN, vn: pins.mon_vn - FIRST_ANALOGUE_PIN };
    this.volts = { vp: nominalV, vn: -nominalV };
  }

  /** Joins them to the converter of a processor that has just left reset. */
  connect(adc) {
    this.adc = adc;
    for (const [name, volts] of Object.entries(this.volts)) this.set(name, volts);
  }

  /** A supply takes another voltage. */
  set(name, volts) {
    this.volts[name] = volts;
    const codes = 2 ** this.dividers.bits;
    const code = Math.floor((this.#pin(name) / this.dividers.supply_v) * codes);
    this.adc.channelValues[this.channel[name]] = Math.min(Math.max(code, 0), codes - 1);
  }

  #pin(name) {
    const { supply_v: supply, vp_top_ohm, vp_bottom_ohm, vn_top_ohm, vn_bottom_ohm } = this.dividers;
    if (name === 'vp') return (this.volts.vp * vp_bottom_ohm) / (vp_top_ohm + vp_bottom_ohm);
    return (supply * vn_bottom_ohm + this.volts.vn * vn_top_ohm) / (vn_top_ohm + vn_bottom_ohm);
  }
}
