// The host's side of the USB serial port: rp2040js enumerates it; here its bytes keep the pace of a full-speed port, and a
// read is held back until there is something to read (the stock one answers with empty packets without end).
import { USBCDC } from 'rp2040js';

const BYTE_NS = 1250; // 0.8 MB/s

export class UsbSerial {
  constructor(mcu, clock, received) {
    this.usb = mcu.usbCtrl;
    this.clock = clock;
    this.cdc = new USBCDC(this.usb);
    this.cdc.onSerialData = received;
    this.toBoard = [];
    this.wanted = null;
    this.busyUntil = { in: 0, out: 0 };
    this.firstReadyAt = 0; // when the firmware handed over a packet after a pause
    this.usb.onEndpointRead = (endpoint, size) => {
      if (endpoint !== this.cdc.outEndpoint) return;
      this.wanted = size;
      this.#deliver();
    };
    const ready = this.usb.indicateBufferReady.bind(this.usb);
    this.usb.indicateBufferReady = (endpoint, out) => {
      if (out || endpoint !== this.cdc.inEndpoint) return ready(endpoint, out);
      const size = this.#size(endpoint);
      if (this.clock.nanos > this.busyUntil.in) this.firstReadyAt = this.clock.nanos;
      return this.#after('in', size, () => ready(endpoint, out));
    };
  }

  // Bytes of the packet that was just handed to the host.
  #size(endpoint) {
    return this.usb.rp2040.usbDPRAMView.getUint32(0x80 + 8 * endpoint, true) & 0x3ff;
  }

  #after(direction, bytes, act) {
    const start = Math.max(this.clock.nanos, this.busyUntil[direction]);
    this.busyUntil[direction] = start + bytes * BYTE_NS;
    this.clock.createAlarm(act).schedule(this.busyUntil[direction] - this.clock.nanos);
  }

  send(bytes) {
    this.toBoard.push(bytes);
    this.#deliver();
  }

  /** Bytes that the firmware has not taken yet. */
  get waiting() {
    return this.toBoard.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  #deliver() {
    if (this.wanted === null || this.toBoard.length === 0) return;
    const packet = this.toBoard[0].subarray(0, this.wanted);
    const rest = this.toBoard[0].subarray(packet.length);
    if (rest.length) this.toBoard[0] = rest;
    else this.toBoard.shift();
    this.wanted = null;
    const now = this.clock.nanos;
    const start = Math.max(now, this.busyUntil.out);
    this.busyUntil.out = start + packet.length * BYTE_NS;
    this.usb.endpointReadDone(this.cdc.outEndpoint, packet, (this.busyUntil.out - now) / 1000);
  }
}
