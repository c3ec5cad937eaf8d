"""Text files in the encodings of East Asian offices, named or found out."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.readers.encodings import decoded_blocks, detect_encoding
from pipeline.problems import ProblemError
from tests.examples import examples

SIMPLIFIED = "县区,乡镇,男婴,女婴\n青禾县,城关镇,12,13\n柳溪区,三泉镇,7,9\n"
TRADITIONAL = "縣市,鄉鎮,出生男,出生女\n臺北市,松山區,12,13\n高雄市,三民區,22,9\n"
JAPANESE = "市区町村,出生男,出生女\n札幌市,12,13\n函館市,4,5\n"
WESTERN = "Área,Niños,Niñas\nCórdoba,12,13\nPeñuelas,4,5\nMayagüez,4,5\n"
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
        (JAPANESE, "cp932", "cp932"),
        (JAPANESE, "euc-jp", "euc-jp"),
        (JAPANESE, "utf-8", "utf-8-sig"),
        ("Area,Month,Male,Female\n札幌市,2024-08,12,11\n", "cp932", "cp932"),
        ("Area,Month,Male,Female\nCórdoba,2024-07,12,11\n", "cp1252", "cp1252"),
        (WESTERN, "cp1252", "cp1252"),
        (WESTERN, "utf-8", "utf-8-sig"),
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


NAMES = {
    "Chinese": "青禾县 松涛县 望江县 城关镇 柳溪乡 和平镇 三泉镇 海淀区 浦东新区 雨花台区 玄武区 鼓楼区 建邺区",
    "Taiwanese": "臺北市 新北市 桃園市 高雄市 基隆市 新竹縣 苗栗縣 彰化縣 南投縣 雲林縣 嘉義縣 屏東縣 宜蘭縣 花蓮縣 澎湖縣",
    "Japanese": "札幌市 函館市 小樽市 さいたま市 つくば市 いわき市 南アルプス市 渋谷区 世田谷区 葛飾区 鳥羽市 菰野町",
    "Korean": "종로구 중구 용산구 성동구 광진구 동대문구 중랑구 성북구 해운대구 기장군 미추홀구 옹진군 수원시 의정부시",
    "Western": "Córdoba Köln München Malmö Örebro Västerås Århus Tromsø Besançon Nîmes Mayagüez Peñuelas Cancún Ñuble",
}
ENCODED = [
    ("Chinese", "gb18030"),
    ("Chinese", "utf-8"),
    ("Taiwanese", "big5"),
    ("Taiwanese", "gb18030"),
    ("Japanese", "cp932"),
    ("Japanese", "euc-jp"),
    ("Japanese", "utf-8"),
    ("Korean", "cp949"),
    ("Korean", "utf-8"),
    ("Western", "cp1252"),
    ("Western", "utf-8"),
]
HEADERS = {
    "Chinese": "县区,出生,死亡",
    "Taiwanese": "鄉鎮市區,出生,死亡",
    "Japanese": "市区町村,出生数,死亡数",
    "Korean": "시군구,출생,사망",
    "Western": "Area,Births,Deaths",
}


def test_a_table_of_any_size_is_read_as_it_was_written_or_refused(request):
    refused = []

    @examples(request)
    @given(st.sampled_from(ENCODED), st.booleans(), st.data())
    def read(written, has_header, data):
        language, encoding = written
        names = data.draw(st.lists(st.sampled_from(NAMES[language].split()), min_size=1, max_size=12))
        rows = [f"{name},{number * 37},{number * 911}" for number, name in enumerate(names)]
        text = "\n".join([HEADERS[language] if has_header else "Area,Births,Deaths", *rows])
        content = text.encode(encoding)
        try:
            found = detect_encoding(content, "a.csv")
        except ProblemError:
            refused.append(text)
            return
        assert content.decode(found) == text

    read()
    assert len(refused) < (500 if request.config.getoption("--whole") else 10)


def test_bytes_that_are_no_text_of_any_language_are_refused():
    cyrillic = "Город,Мальчики,Девочки\nКазань,12,13\nТверь,4,5\n".encode("cp1251")
    with pytest.raises(ProblemError, match=r"name it in source\.toml"):
        detect_encoding(cyrillic, "a.csv")


@pytest.mark.parametrize(
    "text",
    [
        "12¹",
        "1105②",
        "²",
        "12°",
        "São Tomé",
        "Ćuprija,Đorđe",
        "Αθήνα",
        "Москва",
        "ภูเก็ต",
        "مكة",
        "“12”",
        "Łódź",
    ],
)
def test_few_characters_in_utf_8_are_utf_8(text):
    assert detect_encoding(f"Area,Male\n{text},8\n".encode(), "a.csv") == "utf-8-sig"
