"""The catalogue of measured quantities: what a number means, how finely it is told, how often it should come.

Units are UCUM codes. A value is told as a whole number of steps: value = steps x numerator / denominator,
computed as one division of float64, so that both ends get the same float from the same steps.
Numbers are never given a second meaning: a metric that is no longer used keeps its number.
"""

import msgspec

from sts_protocols.sample import Quality, Value

# A value is late after 3 missed intervals (two may be lost to one radio collision and its repeat) and
# lost after 10 (no source recovers by itself after so long: somebody must look at the sensor).
LATE_INTERVALS = 3
LOST_INTERVALS = 10

# Sensors that report once a second by their standard's recommendation.
EVERY_SECOND_MS = 1000


class Metric(msgspec.Struct, frozen=True):
    """One quantity. `low` and `high` bound what is plausible in a living athlete, both inclusive;
    `interval_ms` is the rhythm expected of its source, None where there is none."""

    id: int
    name: str
    unit: str
    numerator: int
    denominator: int
    low: float
    high: float
    interval_ms: int | None
    source: str

    @property
    def late_after_ms(self) -> int | None:
        """Age in ms from which the last value is late; None without a rhythm."""
        return None if self.interval_ms is None else LATE_INTERVALS * self.interval_ms

    @property
    def lost_after_ms(self) -> int | None:
        """Age in ms from which the last value is lost; None without a rhythm."""
        return None if self.interval_ms is None else LOST_INTERVALS * self.interval_ms

    def value(self, steps: int) -> float:
        """The value of that many steps, in `unit`."""
        return steps * self.numerator / self.denominator

    def plausible(self, value: float) -> bool:
        """Whether a living athlete and a working sensor can show this value."""
        return self.low <= value <= self.high

    def nearest(self, value: float) -> float:
        """The whole number of steps that lies nearest to a value that was computed or converted."""
        return self.value(round(value * self.denominator / self.numerator))

    def told(self, value: float, *, truncated: bool = False) -> Value:
        """A value as a frame tells it, with its quality: implausible, else truncated, else ok."""
        if not self.plausible(value):
            return Value(self.id, float(value), Quality.IMPLAUSIBLE)
        return Value(self.id, float(value), Quality.TRUNCATED if truncated else Quality.OK)


# Heart rate of athletes: 25/min is below the lowest resting rates published, 240/min above the highest
# of children. An RR interval is the same range seen from the other side: 60,000 / 240 = 250 ms to 60,000 /
# 25 = 2,400 ms.
HEART_RATE = Metric(1, "heart_rate", "/min", 1, 1, 25, 240, EVERY_SECOND_MS, "GATT 0x2A37")
RR_INTERVAL = Metric(2, "rr_interval", "ms", 1000, 1024, 250, 2400, None, "GATT 0x2A37")
BATTERY_LEVEL = Metric(3, "battery_level", "%", 1, 1, 0, 100, None, "GATT 0x2A19")
ENERGY_EXPENDED = Metric(4, "energy_expended", "kJ", 1, 1, 0, 65534, None, "GATT 0x2A37")
BODY_TEMPERATURE = Metric(5, "body_temperature", "Cel", 1, 100, 30, 43, None, "GATT 0x2A1C")
SKIN_TEMPERATURE = Metric(6, "skin_temperature", "Cel", 1, 100, 5, 45, None, "core temperature pods")
RESPIRATORY_RATE = Metric(7, "respiratory_rate", "/min", 1, 10, 3, 90, None, "chest straps")
SPEED = Metric(8, "speed", "m/s", 1, 256, 0, 40, EVERY_SECOND_MS, "GATT 0x2A53")
CADENCE = Metric(9, "cadence", "/min", 1, 10, 0, 300, EVERY_SECOND_MS, "GATT 0x2A53")
DISTANCE = Metric(10, "distance", "m", 1, 10, 0, 1_000_000, None, "GATT 0x2A53")
POWER = Metric(11, "power", "W", 1, 1, -500, 3000, EVERY_SECOND_MS, "GATT 0x2A63")
ECG = Metric(12, "ecg", "uV", 1, 1, -32_768, 32_767, None, "chest straps")
ACCELERATION_X = Metric(13, "acceleration_x", "m[g]", 1, 1, -16_000, 16_000, None, "inertial sensors")
ACCELERATION_Y = Metric(14, "acceleration_y", "m[g]", 1, 1, -16_000, 16_000, None, "inertial sensors")
ACCELERATION_Z = Metric(15, "acceleration_z", "m[g]", 1, 1, -16_000, 16_000, None, "inertial sensors")
# Optical sensors tell an interval between pulses with an error of their own, where straps tell one between
# R peaks. Heat strain: 0 to 10 by its makers; quality of a temperature: 0 invalid to 4 excellent.
PULSE_INTERVAL = Metric(16, "pulse_interval", "ms", 1, 1, 250, 2400, None, "optical arm sensors")
PULSE_INTERVAL_ERROR = Metric(17, "pulse_interval_error", "ms", 1, 1, 0, 1000, None, "optical arm sensors")
HEAT_STRAIN_INDEX = Metric(18, "heat_strain_index", "1", 1, 10, 0, 10, None, "core temperature pods")
TEMPERATURE_QUALITY = Metric(19, "temperature_quality", "1", 1, 1, 0, 4, None, "core temperature pods")

# Positions at the resolution of UBX NAV-PVT. 60 m/s is beyond every downhill skier (44 m/s) and cyclist; 50 m of
# error is half a pitch.
LATITUDE = Metric(120, "latitude", "deg", 1, 10_000_000, -90, 90, EVERY_SECOND_MS, "NMEA 0183, UBX NAV-PVT")
LONGITUDE = Metric(
    121, "longitude", "deg", 1, 10_000_000, -180, 180, EVERY_SECOND_MS, "NMEA 0183, UBX NAV-PVT"
)
ALTITUDE = Metric(122, "altitude", "m", 1, 1000, -450, 9000, None, "NMEA 0183, UBX NAV-PVT")
GROUND_SPEED = Metric(123, "ground_speed", "m/s", 1, 1000, 0, 60, EVERY_SECOND_MS, "NMEA 0183, UBX NAV-PVT")
COURSE = Metric(124, "course", "deg", 1, 100_000, 0, 360, None, "NMEA 0183, UBX NAV-PVT")
HORIZONTAL_ACCURACY = Metric(125, "horizontal_accuracy", "m", 1, 1000, 0, 50, None, "UBX NAV-PVT")
VERTICAL_ACCURACY = Metric(126, "vertical_accuracy", "m", 1, 1000, 0, 100, None, "UBX NAV-PVT")
SATELLITES = Metric(127, "satellites", "1", 1, 1, 0, 99, EVERY_SECOND_MS, "NMEA 0183, UBX NAV-PVT")
HORIZONTAL_DILUTION = Metric(128, "horizontal_dilution", "1", 1, 100, 0, 50, None, "NMEA 0183")
POSITION_DILUTION = Metric(129, "position_dilution", "1", 1, 100, 0, 50, None, "NMEA 0183, UBX NAV-PVT")

# Away from the radar is positive. A tenth of a km/h is 1/36 m/s; 120 m/s is beyond every ball but a shuttlecock.
RADAR_SPEED = Metric(140, "radar_speed", "m/s", 1, 36, -120, 120, None, "Stalker S format")
RADAR_PEAK_SPEED = Metric(141, "radar_peak_speed", "m/s", 1, 36, -120, 120, None, "Stalker S format")
# Bicycles. A wheel of 2.1 m turns 1,143 times a minute at 40 m/s; smaller ones faster.
WHEEL_RATE = Metric(30, "wheel_rate", "/min", 1, 10, 0, 1500, EVERY_SECOND_MS, "GATT 0x2A5B")
# Of which pedal a share is, some power meters do not say: that is another quantity.
POWER_SHARE_LEFT = Metric(31, "power_share_left", "%", 1, 2, 0, 100, None, "GATT 0x2A63")
POWER_SHARE_UNNAMED = Metric(32, "power_share_unnamed", "%", 1, 2, 0, 100, None, "GATT 0x2A63")
CRANK_TORQUE = Metric(33, "crank_torque", "N.m", 1, 32, -200, 600, None, "GATT 0x2A63")
WHEEL_TORQUE = Metric(34, "wheel_torque", "N.m", 1, 32, -100, 300, None, "GATT 0x2A63")
MECHANICAL_WORK = Metric(35, "mechanical_work", "kJ", 1, 1, 0, 65534, None, "GATT 0x2A63")
FORCE_MAX = Metric(36, "force_max", "N", 1, 1, -5000, 5000, None, "GATT 0x2A63")
FORCE_MIN = Metric(37, "force_min", "N", 1, 1, -5000, 5000, None, "GATT 0x2A63")
TORQUE_MAX = Metric(38, "torque_max", "N.m", 1, 32, -600, 600, None, "GATT 0x2A63")
TORQUE_MIN = Metric(39, "torque_min", "N.m", 1, 32, -600, 600, None, "GATT 0x2A63")
ANGLE_MAX = Metric(40, "angle_max", "deg", 1, 1, 0, 360, None, "GATT 0x2A63")
ANGLE_MIN = Metric(41, "angle_min", "deg", 1, 1, 0, 360, None, "GATT 0x2A63")
DEAD_SPOT_TOP = Metric(42, "dead_spot_top", "deg", 1, 1, 0, 360, None, "GATT 0x2A63")
DEAD_SPOT_BOTTOM = Metric(43, "dead_spot_bottom", "deg", 1, 1, 0, 360, None, "GATT 0x2A63")

# Machines. What a display calls calories is its own estimate of what the athlete burnt.
ENERGY_TOTAL = Metric(44, "energy_total", "kcal", 1, 1, 0, 20_000, None, "GATT 0x2AD2")
# A world's best 500 m takes 70 s; slower than 20 min nobody rows.
PACE = Metric(45, "pace", "s/(500.m)", 1, 100, 60, 1200, None, "GATT 0x2AD1")
STRIDE_LENGTH = Metric(46, "stride_length", "m", 1, 100, 0, 6, None, "GATT 0x2A53")
STROKE_RATE = Metric(47, "stroke_rate", "/min", 1, 2, 0, 80, EVERY_SECOND_MS, "GATT 0x2AD1")
STROKE_COUNT = Metric(48, "stroke_count", "1", 1, 1, 0, 65_535, None, "GATT 0x2AD1")
STRIDE_COUNT = Metric(49, "stride_count", "1", 1, 10, 0, 6553, None, "GATT 0x2ACE")
# Every maker has a scale of his own.
RESISTANCE_LEVEL = Metric(50, "resistance_level", "1", 1, 1, -32_768, 32_766, None, "GATT 0x2AD2")
INCLINATION = Metric(51, "inclination", "%", 1, 10, -40, 60, None, "GATT 0x2ACD")
RAMP_ANGLE = Metric(52, "ramp_angle", "deg", 1, 10, -45, 45, None, "GATT 0x2ACD")
ELEVATION_GAIN = Metric(53, "elevation_gain", "m", 1, 10, 0, 10_000, None, "GATT 0x2ACD")
ELEVATION_LOSS = Metric(54, "elevation_loss", "m", 1, 10, 0, 10_000, None, "GATT 0x2ACD")
METABOLIC_EQUIVALENT = Metric(55, "metabolic_equivalent", "1", 1, 10, 0, 30, None, "GATT 0x2AD2")
MACHINE_TIME = Metric(56, "machine_time", "s", 1, 100, 0, 86_400, None, "GATT 0x2AD2")
BELT_FORCE = Metric(57, "belt_force", "N", 1, 1, -3000, 3000, None, "GATT 0x2ACD")
BELT_POWER = Metric(58, "belt_power", "W", 1, 1, -3000, 3000, None, "GATT 0x2ACD")

# Rowing, stroke by stroke.
DRAG_FACTOR = Metric(59, "drag_factor", "1", 1, 1, 50, 250, None, "Concept2 PM5 0x0031")
DRIVE_LENGTH = Metric(60, "drive_length", "m", 1, 100, 0.3, 2.5, None, "Concept2 PM5 0x0035")
DRIVE_TIME = Metric(61, "drive_time", "s", 1, 100, 0.2, 2.5, None, "Concept2 PM5 0x0035")
RECOVERY_TIME = Metric(62, "recovery_time", "s", 1, 100, 0, 20, None, "Concept2 PM5 0x0035")
STROKE_DISTANCE = Metric(63, "stroke_distance", "m", 1, 100, 0, 25, None, "Concept2 PM5 0x0035")
DRIVE_FORCE_PEAK = Metric(64, "drive_force_peak", "N", 1, 10, 0, 3000, None, "Concept2 PM5 0x0035")
DRIVE_FORCE_MEAN = Metric(65, "drive_force_mean", "N", 1, 10, 0, 3000, None, "Concept2 PM5 0x0035")
STROKE_WORK = Metric(66, "stroke_work", "J", 1, 10, 0, 2500, None, "Concept2 PM5 0x0035")
# Oximeters and scales: who is weighed in a club is a child or an athlete, 10 to 300 kg.
OXYGEN_SATURATION = Metric(70, "oxygen_saturation", "%", 1, 10, 50, 100, None, "GATT 0x2A5F")
PULSE_RATE = Metric(71, "pulse_rate", "/min", 1, 10, 25, 240, None, "GATT 0x2A5F")
PULSE_AMPLITUDE = Metric(72, "pulse_amplitude", "%", 1, 100, 0, 100, None, "GATT 0x2A5F")
BODY_MASS = Metric(73, "body_mass", "kg", 1, 1000, 10, 300, None, "GATT 0x2A9D")
BODY_HEIGHT = Metric(74, "body_height", "m", 1, 1000, 0.5, 2.5, None, "GATT 0x2A9D")
BODY_MASS_INDEX = Metric(75, "body_mass_index", "kg/m2", 1, 10, 8, 80, None, "GATT 0x2A9D")
BODY_FAT = Metric(76, "body_fat", "%", 1, 10, 1, 75, None, "GATT 0x2A9C")
BASAL_METABOLISM = Metric(77, "basal_metabolism", "kJ/d", 1, 1, 1000, 30_000, None, "GATT 0x2A9C")
MUSCLE_SHARE = Metric(78, "muscle_share", "%", 1, 10, 10, 90, None, "GATT 0x2A9C")
MUSCLE_MASS = Metric(79, "muscle_mass", "kg", 1, 1000, 3, 200, None, "GATT 0x2A9C")
FAT_FREE_MASS = Metric(80, "fat_free_mass", "kg", 1, 1000, 5, 250, None, "GATT 0x2A9C")
SOFT_LEAN_MASS = Metric(81, "soft_lean_mass", "kg", 1, 1000, 5, 250, None, "GATT 0x2A9C")
BODY_WATER_MASS = Metric(82, "body_water_mass", "kg", 1, 1000, 3, 200, None, "GATT 0x2A9C")
BIOIMPEDANCE = Metric(83, "bioimpedance", "Ohm", 1, 10, 10, 2000, None, "GATT 0x2A9C")
# The air of a site and what its sensors run on: from a ski race to a hall, from sea level to 4,000 m.
AIR_TEMPERATURE = Metric(90, "air_temperature", "Cel", 1, 200, -50, 70, None, "climate sensors")
AIR_HUMIDITY = Metric(91, "air_humidity", "%", 1, 400, 0, 100, None, "climate sensors")
AIR_PRESSURE = Metric(92, "air_pressure", "Pa", 1, 1, 50_000, 115_000, None, "climate sensors")
DEW_POINT = Metric(93, "dew_point", "Cel", 1, 100, -60, 40, None, "climate sensors")
ILLUMINANCE = Metric(94, "illuminance", "lx", 1, 100, 0, 200_000, None, "climate sensors")
UV_INDEX = Metric(95, "uv_index", "1", 1, 10, 0, 25, None, "climate sensors")
WIND_SPEED = Metric(96, "wind_speed", "m/s", 1, 1_000, 0, 100, None, "climate sensors")
CARBON_DIOXIDE = Metric(97, "carbon_dioxide", "[ppm]", 1, 1, 200, 40_000, None, "climate sensors")
VOLATILE_ORGANICS = Metric(98, "volatile_organics", "ug/m3", 1, 1, 0, 60_000, None, "climate sensors")
FINE_DUST = Metric(99, "fine_dust", "ug/m3", 1, 1, 0, 2_000, None, "climate sensors")
COARSE_DUST = Metric(100, "coarse_dust", "ug/m3", 1, 1, 0, 5_000, None, "climate sensors")
BATTERY_VOLTAGE = Metric(101, "battery_voltage", "mV", 1, 1, 500, 15_000, None, "adverts")
MOVEMENTS = Metric(102, "movements", "1", 1, 1, 0, 254, None, "adverts")
# How strong a gateway's radio hears a sensor: a controller tells -127 to 20 dBm, -127 where it knows nothing (Bluetooth
# Core 5.4, Vol 4 Part E 7.7.65.2). UCUM has no bel of a milliwatt; what stands in braces is an annotation.
SIGNAL_STRENGTH = Metric(103, "signal_strength", "dB{mW}", 1, 2, -126, 20, None, "adverts")

CATALOGUE: tuple[Metric, ...] = (
    HEART_RATE,
    RR_INTERVAL,
    BATTERY_LEVEL,
    ENERGY_EXPENDED,
    BODY_TEMPERATURE,
    SKIN_TEMPERATURE,
    RESPIRATORY_RATE,
    SPEED,
    CADENCE,
    DISTANCE,
    POWER,
    ECG,
    ACCELERATION_X,
    ACCELERATION_Y,
    ACCELERATION_Z,
    PULSE_INTERVAL,
    PULSE_INTERVAL_ERROR,
    HEAT_STRAIN_INDEX,
    TEMPERATURE_QUALITY,
    WHEEL_RATE,
    POWER_SHARE_LEFT,
    POWER_SHARE_UNNAMED,
    CRANK_TORQUE,
    WHEEL_TORQUE,
    MECHANICAL_WORK,
    FORCE_MAX,
    FORCE_MIN,
    TORQUE_MAX,
    TORQUE_MIN,
    ANGLE_MAX,
    ANGLE_MIN,
    DEAD_SPOT_TOP,
    DEAD_SPOT_BOTTOM,
    ENERGY_TOTAL,
    PACE,
    STRIDE_LENGTH,
    STROKE_RATE,
    STROKE_COUNT,
    STRIDE_COUNT,
    RESISTANCE_LEVEL,
    INCLINATION,
    RAMP_ANGLE,
    ELEVATION_GAIN,
    ELEVATION_LOSS,
    METABOLIC_EQUIVALENT,
    MACHINE_TIME,
    BELT_FORCE,
    BELT_POWER,
    DRAG_FACTOR,
    DRIVE_LENGTH,
    DRIVE_TIME,
    RECOVERY_TIME,
    STROKE_DISTANCE,
    DRIVE_FORCE_PEAK,
    DRIVE_FORCE_MEAN,
    STROKE_WORK,
    OXYGEN_SATURATION,
    PULSE_RATE,
    PULSE_AMPLITUDE,
    BODY_MASS,
    BODY_HEIGHT,
    BODY_MASS_INDEX,
    BODY_FAT,
    BASAL_METABOLISM,
    MUSCLE_SHARE,
    MUSCLE_MASS,
    FAT_FREE_MASS,
    SOFT_LEAN_MASS,
    BODY_WATER_MASS,
    BIOIMPEDANCE,
    AIR_TEMPERATURE,
    AIR_HUMIDITY,
    AIR_PRESSURE,
    DEW_POINT,
    ILLUMINANCE,
    UV_INDEX,
    WIND_SPEED,
    CARBON_DIOXIDE,
    VOLATILE_ORGANICS,
    FINE_DUST,
    COARSE_DUST,
    BATTERY_VOLTAGE,
    MOVEMENTS,
    SIGNAL_STRENGTH,
    LATITUDE,
    LONGITUDE,
    ALTITUDE,
    GROUND_SPEED,
    COURSE,
    HORIZONTAL_ACCURACY,
    VERTICAL_ACCURACY,
    SATELLITES,
    HORIZONTAL_DILUTION,
    POSITION_DILUTION,
    RADAR_SPEED,
    RADAR_PEAK_SPEED,
)

_BY_ID = {metric.id: metric for metric in CATALOGUE}
_BY_NAME = {metric.name: metric for metric in CATALOGUE}


def by_id(number: int) -> Metric | None:
    """The metric of that number; None if this version does not know it."""
    return _BY_ID.get(number)


def by_name(name: str) -> Metric | None:
    """The metric of that name; None if this version does not know it."""
    return _BY_NAME.get(name)
