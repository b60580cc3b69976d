"""Values as data: what travels between the process of the tests and the process of the student.

In: values. Out: trees of JSON values and binary buffers for what is large, and back (`codec_plain` walks,
`codec_tables` adds numpy and pandas). Refuses, with `codec_plain.BadFrame`, whatever an encoder does not
write. No pickle; nothing is called that a sender names. Runs in the course's own Python, with nothing but
the standard library and what the course has.
"""

from courseware.sandbox import codec_plain, codec_tables


def encoder(export: codec_plain.Export = codec_plain.refuse) -> codec_plain.Encoder:
    """A writer for one message; `export` describes what is no data."""
    return codec_plain.Encoder(export, codec_tables.WRITERS)


def decoder(buffers: list[bytes], bring: codec_plain.Import | None = None) -> codec_plain.Decoder:
    """A reader for one message; without `bring` only data may stand in it."""
    return codec_plain.Decoder(buffers, bring, codec_tables.READERS)
