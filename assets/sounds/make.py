#!/usr/bin/env python3
"""Makes the sounds of the phone: 48 kHz, mono, 16 bit. Run it here; it writes the WAV files beside itself.

Each note is a struck wooden bar: a few partials that die away at their own pace. How often
each one is repeated and how loud it is played is the ringer's business."""

import math
import struct
import wave

RATE = 48_000
# Frequency and loudness of each partial against the first, and how many times faster it dies away.
PARTIALS = [(1.0, 1.0, 1.0), (3.93, 0.22, 2.6), (9.2, 0.05, 5.0)]
ATTACK_S = 0.004


def note(sound, at_s, hertz, loud, decay_s):
    """Adds a struck note to `sound`."""
    start = int(at_s * RATE)
    for n in range(start, len(sound)):
        t = (n - start) / RATE
        attack = min(1.0, t / ATTACK_S)
        value = 0.0
        for ratio, share, faster in PARTIALS:
            if hertz * ratio < RATE / 2.5:
                value += share * math.exp(-t * faster / decay_s) * math.sin(2 * math.pi * hertz * ratio * t)
        sound[n] += loud * attack * value


def tone(sound, at_s, length_s, hertz, loud):
    """Adds a steady tone with soft ends."""
    start, length = int(at_s * RATE), int(length_s * RATE)
    soft = int(0.02 * RATE)
    for n in range(length):
        edge = min(1.0, n / soft, (length - n) / soft)
        sound[start + n] += loud * math.sin(math.pi / 2 * edge) ** 2 * math.sin(2 * math.pi * hertz * n / RATE)


def write(name, sound):
    """Fades the last 20 ms out and writes the file."""
    fade = int(0.02 * RATE)
    for n in range(fade):
        sound[len(sound) - 1 - n] *= n / fade
    peak = max(abs(value) for value in sound)
    if peak > 0.9:
        sound = [value * 0.9 / peak for value in sound]
    with wave.open(f"{name}.wav", "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", round(value * 32_767)) for value in sound))


def empty(seconds):
    return [0.0] * int(seconds * RATE)


def main():
    # Somebody calls: two rising calls across the water.
    ringtone = empty(1.9)
    for at, hertz in [(0.0, 392.0), (0.16, 523.25), (0.32, 659.25), (0.8, 392.0), (0.96, 523.25), (1.12, 783.99)]:
        note(ringtone, at, hertz, 0.5, 0.28)
    write("ringtone", ringtone)
    # Somebody else calls during a call: one soft double knock.
    waiting = empty(0.7)
    for at in (0.0, 0.18):
        note(waiting, at, 523.25, 0.35, 0.12)
    write("waiting", waiting)
    # It rings there.
    ringback = empty(1.0)
    tone(ringback, 0.0, 1.0, 425.0, 0.25)
    write("ringback", ringback)
    # They are busy.
    busy = empty(0.24)
    tone(busy, 0.0, 0.24, 425.0, 0.25)
    write("busy", busy)
    # The connection is being looked for.
    reconnecting = empty(0.8)
    for at, hertz in [(0.0, 440.0), (0.22, 392.0)]:
        note(reconnecting, at, hertz, 0.35, 0.14)
    write("reconnecting", reconnecting)
    # It is over.
    ended = empty(0.7)
    for at, hertz in [(0.0, 523.25), (0.15, 392.0)]:
        note(ended, at, hertz, 0.4, 0.16)
    write("ended", ended)


if __name__ == "__main__":
    main()
