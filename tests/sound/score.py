"""Scores degraded speech against its reference: ViSQOL in speech mode, PESQ wideband (ITU-T P.862.2) and STOI, all at 16 kHz.

Usage: score.py [--jobs N] [PAIRS.json]     (without a file the list is read from standard input)

PAIRS.json is a list of {"reference": WAV, "degraded": WAV, "offset": seconds} or [WAV, WAV, seconds]; the offset, by which the degraded
sound trails the reference, may be left out (0) and is cut off the front of the degraded sound. Any sampling rate, any number of channels.
The answer is a list of the same length and order: {"visqol", "visqol_polynomial", "pesq", "stoi"}, and "error" where one is null.

ViSQOL has two mappings from similarity to opinion: "visqol" is the lattice network, the default of the original program; the polynomial is
the older one and about half a point kinder to damaged speech. The best that can be reached is 4.3 to 4.43 (lattice) and 4.64 (PESQ).
"""

import argparse
import functools
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor

# One thread a process: the processes are the parallel part.
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np
import soundfile
from pesq import pesq
from pystoi import stoi
from scipy.signal import resample_poly
from visqol import VisqolApi
from visqol.quality_mapper import SpeechSimilarityToQualityMapper
from visqol.visqol_core import alter_for_similarity_extremes

RATE = 16_000
# Shorter speech than this has too few frames to be judged by any of the three.
SHORTEST_SECONDS = 1.0


def load(path):
    """The sound of a file: one channel, RATE samples a second."""
    sound, rate = soundfile.read(path, dtype="float64", always_2d=True)
    sound = sound.mean(axis=1)
    return sound if rate == RATE else resample_poly(sound, RATE // np.gcd(RATE, rate), rate // np.gcd(RATE, rate))


# A reference is compared with many degraded copies, one after the other.
load_reference = functools.lru_cache(maxsize=16)(load)


@functools.cache
def visqol():
    """ViSQOL with the lattice mapping, and the polynomial mapping beside it. Opened once a process."""
    api = VisqolApi()
    api.create(mode="speech", use_lattice_model=True)
    polynomial = SpeechSimilarityToQualityMapper(scale_to_max_mos=True)
    polynomial.init()
    return api, polynomial


def visqol_scores(reference, degraded):
    """Opinion by the lattice and by the polynomial."""
    api, polynomial = visqol()
    alike = api.measure_from_arrays(reference, degraded, RATE)
    by_polynomial = polynomial.predict_quality(alike.fvnsim)
    return {"visqol": alike.moslqo, "visqol_polynomial": alter_for_similarity_extremes(alike.vnsim, by_polynomial)}


def score(pair):
    """Scores one pair; a score that cannot be made is null and "error" says why."""
    reference_path, degraded_path, offset = pair
    result = {"visqol": None, "visqol_polynomial": None, "pesq": None, "stoi": None}
    try:
        reference, degraded = load_reference(reference_path), load(degraded_path)
        degraded = degraded[round(offset * RATE):]
        length = min(len(reference), len(degraded))
        if length < SHORTEST_SECONDS * RATE:
            raise ValueError("less than a second to compare")
        if not np.any(degraded[:length]):
            raise ValueError("the degraded sound is silent")
        reference, degraded = reference[:length], degraded[:length]
    except Exception as error:
        return result | {"error": f"{degraded_path}: {error}"}
    judges = [
        visqol_scores,
        lambda r, d: {"pesq": pesq(RATE, r.astype(np.float32), d.astype(np.float32), "wb")},
        lambda r, d: {"stoi": stoi(r, d, RATE)},
    ]
    for judge in judges:
        try:
            result |= {name: round(float(value), 4) for name, value in judge(reference, degraded).items()}
        except Exception as error:
            result["error"] = f"{degraded_path}: {type(error).__name__}: {error}"
    return result


def pairs_of(listed):
    """The list as (reference, degraded, offset), whichever of the two forms each entry has."""
    for entry in listed:
        if isinstance(entry, dict):
            yield entry["reference"], entry["degraded"], float(entry.get("offset", 0))
        else:
            yield entry[0], entry[1], float(entry[2]) if len(entry) > 2 else 0.0


def main():
    parser = argparse.ArgumentParser(description="ViSQOL (speech), PESQ-WB and STOI of pairs of WAV files; JSON in and out.")
    parser.add_argument("pairs", nargs="?", type=argparse.FileType(), default=sys.stdin, help="a JSON list; standard input if left out")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    options = parser.parse_args()
    pairs = list(pairs_of(json.load(options.pairs)))
    with ProcessPoolExecutor(max_workers=max(1, min(options.jobs, len(pairs)))) as processes:
        # Small shares: each brings its own start-up only once, and the last ones end together.
        scores = list(processes.map(score, pairs, chunksize=max(1, min(8, len(pairs) // (4 * options.jobs)))))
    json.dump(scores, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
