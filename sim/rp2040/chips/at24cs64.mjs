// AT24CS64: only the serial number that its maker wrote, behind a second address on the bus.

const SERIAL_ADDRESS = 0x58;
const SERIAL_PLACE = 0x0800;

export class At24cs64 {
  constructor(serial) {
    this.serial = serial;
    this.place = [];
    this.next = 0;
  }

  connect(i2c) {
    i2c.onStart = () => i2c.completeStart();
    i2c.onConnect = (address, reading) => {
      if (!reading) this.place = [];
      i2c.completeConnect(address === SERIAL_ADDRESS);
    };
    i2c.onWriteByte = (byte) => {
      this.place.push(byte);
      this.next = ((this.place[0] << 8) | (this.place[1] ?? 0)) - SERIAL_PLACE;
      i2c.completeWrite(true);
    };
    i2c.onReadByte = () => i2c.completeRead(this.serial[this.next++] ?? 0xff);
    i2c.onStop = () => i2c.completeStop();
  }
}
