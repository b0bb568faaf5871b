// Frames of a self-made pod, as protocols/PODS.md says. No library is needed, 260 bytes of memory are enough.
//
//   sts::Pod<HardwareSerial> pod(Serial);
//   pod.begin_values(millis() * 10);    // 1/10,000 s since the start
//   pod.add(3, 88);                     // metric 3, battery_level: 88 steps of 1 %
//   pod.send();
//   pod.impulse(micros() / 100, 1);     // channel 1
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace sts {

const uint8_t VALUES = 1;
const uint8_t IMPULSE = 2;
const uint8_t MANUAL = 0x01;
const size_t MAX_CONTENT_BYTES = 241;  // head and 39 values: one run of COBS covers it

// CRC-16/CCITT-FALSE: 0x29b1 for "123456789".
inline uint16_t crc16(const uint8_t *data, size_t length) {
  uint16_t crc = 0xFFFF;
  for (size_t i = 0; i < length; i++) {
    crc ^= static_cast<uint16_t>(data[i]) << 8;
    for (uint8_t bit = 0; bit < 8; bit++) {
      crc = (crc & 0x8000) ? static_cast<uint16_t>((crc << 1) ^ 0x1021) : static_cast<uint16_t>(crc << 1);
    }
  }
  return crc;
}

// Port: anything with size_t write(const uint8_t *, size_t), as Arduino's Serial has it.
template <typename Port>
class Pod {
 public:
  explicit Pod(Port &port) : port_(port), length_(0), sequence_(0) {}

  // Begin a frame of values measured at this time, in 1/10,000 s since the start.
  void begin_values(uint32_t ticks) { begin(VALUES, ticks); }

  // Add a value in whole steps of its metric; false when the frame is full.
  bool add(uint16_t metric, int32_t steps) {
    if (length_ + 6 > MAX_CONTENT_BYTES) return false;
    put(metric, 2);
    put(static_cast<uint32_t>(steps), 4);
    return true;
  }

  // Send the frame of values.
  void send() {
    const uint16_t crc = crc16(content_, length_);
    content_[length_++] = crc >> 8;
    content_[length_++] = crc & 0xFF;
    write_stuffed();
    sequence_++;
  }

  // Send an impulse at once.
  void impulse(uint32_t ticks, uint8_t channel, uint8_t marks = 0) {
    begin(IMPULSE, ticks);
    put(channel, 1);
    put(marks, 1);
    send();
  }

 private:
  void begin(uint8_t type, uint32_t ticks) {
    length_ = 0;
    put(type, 1);
    put(sequence_, 2);
    put(ticks, 4);
  }

  void put(uint32_t value, uint8_t bytes) {
    for (uint8_t i = 0; i < bytes; i++) content_[length_++] = static_cast<uint8_t>(value >> (8 * i));
  }

  // COBS: each run without a zero is preceded by its length and one; a zero ends the frame.
  void write_stuffed() {
    const uint8_t end = 0;
    size_t from = 0;
    while (true) {
      size_t to = from;
      while (to < length_ && content_[to] != 0) to++;
      const uint8_t code = static_cast<uint8_t>(to - from + 1);
      port_.write(&code, 1);
      if (to > from) port_.write(content_ + from, to - from);
      if (to == length_) break;
      from = to + 1;
    }
    port_.write(&end, 1);
  }

  Port &port_;
  uint8_t content_[MAX_CONTENT_BYTES + 2];
  size_t length_;
  uint16_t sequence_;
};

}  // namespace sts
