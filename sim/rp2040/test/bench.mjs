// A chip on the bench: a clock that tests move, and the faults it found.
export class Clock {
  constructor() {
    this.nanos = 0;
    this.alarms = [];
  }

  createAlarm(act) {
    const alarm = { act, at: null };
    alarm.schedule = (ns) => {
      alarm.at = this.nanos + ns;
      if (!this.alarms.includes(alarm)) this.alarms.push(alarm);
    };
    alarm.cancel = () => {
      this.alarms = this.alarms.filter((each) => each !== alarm);
    };
    return alarm;
  }

  tick(ns) {
    const until = this.nanos + ns;
    for (;;) {
      const due = this.alarms.filter((alarm) => alarm.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.nanos = due.at;
      due.cancel();
      due.act();
    }
    this.nanos = until;
  }
}

export const DAC = { mode: 1, hz: 33.33e6 };
export const ADC = { mode: 2, hz: 20e6 };
export const LATCH = { mode: 0, hz: 20e6 };
