"""A folder of recordings in, a table of what was said out, in French.

python -m generated_examples.recordings recordings french.parquet

Whatever ends it, also `kill -9`: the same command goes on where it was.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from gradio_runtime import Summary

from . import en2fr_api, whisper_api

__all__ = ["main", "translate_folder"]


def translate_folder(folder: Path, table: Path, store: Path) -> Summary:
    """Write down what is said in recordings, and translate it.

    Args:
        folder: The recordings, as WAV files.
        table: The file with a row for each: `.parquet`, `.csv` or `.jsonl`.
        store: A folder that keeps what became of each.

    Returns:
        How many there were.
    """
    transcribe, translate = whisper_api.predict, en2fr_api.predict
    recordings = sorted(folder.glob("*.wav"))
    # To listen to a recording twice does no harm, should one be under way at a kill.
    heard = transcribe.map(recordings, transcribe.call, store=store, may_repeat=True)
    return heard.then(translate.call).write(table)


def main() -> None:
    """Translate the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Translate recordings into French.")
    parser.add_argument("folder", type=Path, help="a folder of WAV files in English")
    parser.add_argument("table", type=Path, help="the file to write")
    parser.add_argument("--store", type=Path, default="run", help="what is done so far")
    options = parser.parse_args()
    print(translate_folder(options.folder, options.table, options.store))  # noqa: T201


if __name__ == "__main__":
    main()
