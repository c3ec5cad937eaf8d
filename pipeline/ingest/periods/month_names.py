"""The names of the months: those that are read, and those of other languages, which are known only to be refused."""

import unicodedata

_READ = (
    "january jan januar jänner janvier janv",
    "february feb februar feber février fevrier févr",
    "march mar märz maerz mär mrz mars",
    "april apr avril avr",
    "may mai",
    "june jun juni juin",
    "july jul juli juillet juil",
    "august aug août aout",
    "september sep sept septembre",
    "october oct oktober okt octobre",
    "november nov novembre",
    "december dec dezember dez décembre decembre déc",
)
MONTHS = {name: month for month, names in enumerate(_READ, start=1) for name in names.split()}

# As in CLDR (test_periods holds them against it): "agosto 2024" would else be the year 2024.
_OTHERS = """
abril agost agosto agustus aprile aprilie aprill apríl apríla aprīlis aralık augusta augusti augusts augustus augusztus
avgust ağustos balandis balandžio birželio birželis brezen březen března czerwca czerwiec desembre febrer gener juliol
juny maig març novembre octubre setembre decembra decembrie decembris desember detsember dezembro dhjetor dicembre
diciembre disember duben dubna ekim elokuu elokuuta enero eylül febbraio febrero februari februarie február februára
februāris fevereiro gegužė gegužės gennaio giugno grudnia grudzień gruodis gruodžio gusht haziran heinäkuu heinäkuuta
helmikuu helmikuuta huhtikuu huhtikuuta ianuarie iulie iunie jaanuar janar janeiro januari január januára janvāris
joulukuu joulukuuta julai julho julij julio jun junho junij junio juuli juuni júl júla július jún júna június jūlijs
jūnijs kasım kesäkuu kesäkuuta kolovoz kolovoza korrik kovas kovo květen května kwiecień kwietnia lapkritis lapkričio
leden ledna liepa liepos lipanj lipca lipiec lipnja listopad listopada listopadu lokakuu lokakuuta luglio lutego luty
maaliskuu maaliskuuta maart mac maggio maijs maio maj maja marca marec maret marraskuu marraskuuta mart martie marts
marzec marzo marzec março mayo mayıs mei máj mája május márc március märts nisan noiembrie novembra novembris novembro
noviembre nëntor ocak octombrie ogos oktobris oktoober október októbra ottobre outubro ožujak ožujka październik
października prill prosinac prosinca prosince prosinec qershor rugpjūtis rugpjūčio rugsėjis rugsėjo rujan rujna sausio
sausis septembra septembrie septembris septiembre setembro settembre shkurt shtator sierpień sierpnia siječanj siječnja
spalio spalis srpanj srpen srpna srpnja studeni studenoga styczeń stycznia svibanj svibnja syyskuu syyskuuta szeptember
tammikuu tammikuuta temmuz tetor toukokuu toukokuuta travanj travnja vasario vasaris veebruar veljača veljače wrzesień
września września április září únor února červen července červenec června říjen října şubat
"""
_SHORT = "ene abr ago dic gen mag giu lug set ott fev out mrt"


def _without_accents(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))


_names = [*_OTHERS.split(), *_SHORT.split()]
OTHER_MONTHS = frozenset([*_names, *map(_without_accents, _names)]) - MONTHS.keys()
