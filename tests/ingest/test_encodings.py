"""Text files in the encodings of East Asian offices, named or found out."""

from __future__ import annotations

import io

import pytest

from pipeline.ingest.encodings import decoded_blocks, detect_encoding
from pipeline.problems import ProblemError

SIMPLIFIED = "县区,乡镇,男婴,女婴\n青禾县,城关镇,12,13\n柳溪区,三泉镇,7,9\n"
TRADITIONAL = "縣市,鄉鎮,出生男,出生女\n臺北市,松山區,12,13\n高雄市,三民區,22,9\n"
KOREAN = "시군구,출생남,출생여\n종로구,12,13\n강남구,4,5\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "gbk", "gb18030"),
        ("合计,男,女\n", "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (KOREAN, "cp949", "cp949"),
        (KOREAN, "utf-8", "utf-8-sig"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (TRADITIONAL, "utf-16-be", "utf-16-be"),
        ("a,b\n1,2\n", "ascii", "utf-8-sig"),
    ],
)
def test_the_encoding_is_found_and_the_text_comes_out(text, encoding, found):
    file = io.BytesIO(text.encode(encoding))
    assert detect_encoding(file.getvalue(), "a.csv") == found
    assert "".join(decoded_blocks(file, found, "a.csv")) == text


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_blocks_hold_whole_lines_however_the_bytes_fall(size):
    text = '城关镇,"一\n二",3\n' * 3 + "柳溪乡,5"
    written = text.replace("\n", "\r\n").encode("gb18030")
    blocks = list(decoded_blocks(io.BytesIO(written), "gb18030", "a.csv", size))
    assert "".join(blocks).replace("\r\n", "\n") == text
    assert all(block.count('"') % 2 == 0 and block.endswith("\n") for block in blocks[:-1])


def test_line_ends_of_old_computers():
    assert "".join(decoded_blocks(io.BytesIO(b"a,b\r1,2\r"), "utf-8", "a.csv")) == "a,b\n1,2\n"


def test_a_broken_character_is_named_with_its_line():
    damaged = SIMPLIFIED.encode("gb18030").replace("三泉".encode("gb18030"), b"\xc8\xff\xff")
    with pytest.raises(ProblemError, match=r"a.csv, row 3: found bytes that are not gb18030"):
        list(decoded_blocks(io.BytesIO(damaged), "gb18030", "a.csv"))


def test_an_unknown_encoding_is_a_slip_in_the_source_toml():
    with pytest.raises(ProblemError, match=r"source.toml: found encoding 'gbk2'"):
        list(decoded_blocks(io.BytesIO(b"a"), "gbk2", "a.csv"))
