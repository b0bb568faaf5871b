// A light gate: an impulse whenever the beam on pin 2 is broken, the battery each ten seconds.
#include "sts_pod.h"

const uint8_t BEAM_PIN = 2;
const uint8_t BATTERY_PIN = A0;
const uint16_t BATTERY_LEVEL = 3;       // metric of the catalogue, %
const uint32_t BATTERY_EVERY_MS = 10000;
// A runner's arm and trunk break the beam one after the other.
const uint32_t DEAD_TIME_US = 200000;

sts::Pod<HardwareSerial> pod(Serial);
volatile uint32_t broken_us = 0;
volatile bool broken = false;
uint32_t told_us = 0;
uint32_t battery_ms = 0;

void on_beam() {
  if (broken) return;
  broken_us = micros();
  broken = true;
}

// micros() wraps after 71 minutes, millis() after 49 days: the wraps are counted, so that ticks go on.
uint32_t ticks(uint32_t now_us) {
  static uint32_t last_us = 0;
  static uint32_t wraps = 0;
  if (now_us < last_us) wraps++;
  last_us = now_us;
  return static_cast<uint32_t>((static_cast<uint64_t>(wraps) * 4294967296ULL + now_us) / 100);
}

void setup() {
  Serial.begin(115200);
  pinMode(BEAM_PIN, INPUT_PULLUP);
  attachInterrupt(digitalPinToInterrupt(BEAM_PIN), on_beam, FALLING);
}

void loop() {
  if (broken) {
    if (broken_us - told_us > DEAD_TIME_US) {
      told_us = broken_us;
      pod.impulse(ticks(broken_us), 1);
    }
    broken = false;
  }
  if (millis() - battery_ms >= BATTERY_EVERY_MS) {
    battery_ms = millis();
    pod.begin_values(ticks(micros()));
    pod.add(BATTERY_LEVEL, map(analogRead(BATTERY_PIN), 600, 860, 0, 100));
    pod.send();
  }
}
