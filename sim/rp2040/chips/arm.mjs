// The arm flip-flop. ARM rising sets it; TRIP# clears it, which DAC_RESET_N pulls low through its diode.

export class ArmFlipFlop {
  constructor() {
    this.set = false;
    this.held = true;
  }

  /** TRIP# by DAC_RESET_N; true is low. */
  hold(low) {
    this.held = low;
    if (low) this.set = false;
  }

  /** ARM rising. */
  clock() {
    if (!this.held) this.set = true;
  }

  trip() {
    this.set = false;
  }
}
