"""UTF-8 that was read as Windows-1252 or Latin-1, as a regular expression over whole columns."""

from __future__ import annotations

# What the bytes 80 to BF of UTF-8 turn into: in Latin-1 the characters of the same number, in Windows-1252 these.
# https://encoding.spec.whatwg.org/index-windows-1252.txt
_SIGNS = "€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ"  # noqa: RUF001 - as below
_QUOTES = "‘’“”…–—"  # noqa: RUF001 - they are what is misread
_HIGH = r"\x{80}-\x{BF}"
_NEXT = f"[{_HIGH}{_SIGNS}{_QUOTES}]"
# As ftfy does, a run counts where its bytes are UTF-8 and where nobody writes it: a letter before a closing quote is what
# people write ("Spaß“", "está…”", "«CAFÉ»"), although these bytes are UTF-8 too.
# Speer, ftfy (zenodo 2591652), https://ftfy.readthedocs.io/en/latest/heuristic.html
MOJIBAKE = "|".join(
    (
        rf"[ÂÃ][\x{{80}}-\x{{BA}}\x{{BC}}-\x{{BF}}{_SIGNS}]",  # accented letters of the West, its signs, the no-break space
        rf"â[€\x{{80}}]|â[\x{{81}}-\x{{9F}}{_SIGNS}]{_NEXT}",  # curly quotes, dashes, arrows
        rf"(?:[Â-ß]{_NEXT}){{2}}",  # Greek, Cyrillic, Hebrew, Arabic
        rf"(?:[à-ï]{_NEXT}{{2}}){{2}}",  # the scripts of Asia
        rf"ð[Ÿ\x{{9F}}]{_NEXT}{{2}}",  # emoji
        "ï»¿",  # the byte order mark
    )
)
