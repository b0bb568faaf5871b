"""One good file of each result format, with people and clubs that nobody ever heard of, and how many pieces each tells."""

from __future__ import annotations

import io
import zipfile
from typing import NamedTuple

from sts_protocols.results.model import Entry, Reading
from sts_protocols.results.neutral import entries


class File(NamedTuple):
    """A file: its format, its bytes, and how many pieces it tells."""

    form: str
    data: bytes
    pieces: int


LIF = (
    '14,1,2,"Girls 100 m, B",+0.9,m/s,,,,100,18:05:23.4567\r\n'
    '1,234,4,"Öztürkova, the 2nd",Ilvy,TV Niemandsried,12.34,L-77,,0.151,"6.10 (6.10),12.34 (6.24)",,,,\r\n'
    '2,235,5,O\'Quill,Zoé,"Club ""Nord""",12.40,L-78,0.06,,,,,,\r\n'
    "2,236,6,Løwnstad,Ann-Mär,Club Süd,12.40,,0.06,,,,,,\r\n"
    "4,237,3,Vostermaan,Bex,Club Süd,12.61,,0.27,,,,,,\r\n"
    "DNS,238,7,Quarrow,Alix,Club Süd,,,,,,,,,\r\n"
    "DQ,239,8,Fennimoor,Bo,Club Süd,12.01,,,,,,,,\r\n"
).encode()

EVT = (
    "; start lists\r\n14,1,2,Girls 100 m,,,,,,100\r\n,234,4,Öztürkova,Ilvy,TV Niemandsried,,L-77\r\n"
    '\t235,5,"O\'Quill, jr",Zoé,Club Nord\r\n15,1,1,Girls 200 m,,,,,,200\r\n 236,6,Løwnstad,Ann-Mär,Club Süd\r\n'
).encode()
PPL = '234,Öztürkova,Ilvy,TV Niemandsried\r\n235,"O\'Quill, jr",Zoé,Club Nord\r\n'.encode()
SCH = b"; order\r\n14,1,2\r\n15,1\r\n16\r\n"

LIVE = (
    "UNOFFICIAL|Girls 100 m|+0.9|14|1|2|14-1-2|AUTO|3;"
    "1|4|234|Ilvy Öztürkova|TV Niemandsried|12.34||6.10|6.10|1|L-77|0.151|29.1|12.3|6.10;"
    "2|5|235|Zoé O'Quill|Club Nord|12.40|0.06||||L-78||||;DNF|6|236|Ann-Mär Løwnstad|Club Süd||||||||||;*COMPLETE"
).encode()

LENEX = """<?xml version="1.0" encoding="UTF-8"?>
<LENEX version="3.0"><CONSTRUCTOR name="hand" version="1"/>
<MEETS><MEET name="Cup of Nowhere" city="Niemandsried" nation="AUT" course="LCM" timing="AUTOMATIC">
<SESSIONS><SESSION number="1" date="2026-05-02"><EVENTS>
<EVENT eventid="1" number="3" gender="F" round="PRE" order="1"><SWIMSTYLE distance="100" relaycount="1" stroke="FREE"/>
<HEATS><HEAT heatid="11" number="1" daytime="10:02" status="OFFICIAL"/></HEATS></EVENT>
<EVENT eventid="2" number="3" gender="F" round="SOP" run="2" preveventid="1"><SWIMSTYLE distance="100" relaycount="1" stroke="FREE"/></EVENT>
<EVENT eventid="3" number="3" gender="F" round="FIN" preveventid="1"><SWIMSTYLE distance="100" relaycount="1" stroke="FREE"/>
<AGEGROUPS><AGEGROUP agegroupid="1" agemin="-1" agemax="-1" name="Open"><RANKINGS>
<RANKING order="1" place="1" resultid="501"/><RANKING order="2" place="1" resultid="502"/></RANKINGS></AGEGROUP></AGEGROUPS></EVENT>
<EVENT eventid="4" number="4" gender="F"><SWIMSTYLE distance="50" relaycount="2" stroke="MEDLEY"/></EVENT>
</EVENTS></SESSION></SESSIONS>
<CLUBS><CLUB name="SV &quot;Nord&quot;" code="NORD" nation="AUT"><ATHLETES>
<ATHLETE athleteid="7" lastname="Öztürkova" firstname="Ilvy" gender="F" birthdate="2010-01-01" license="L-77">
<ENTRIES><ENTRY eventid="1" entrytime="NT" lane="4" heatid="11"/></ENTRIES>
<RESULTS><RESULT resultid="301" eventid="1" heatid="11" lane="4" swimtime="00:01:03.10" reactiontime="+72"><SPLITS>
<SPLIT distance="50" swimtime="00:00:29.90"/></SPLITS></RESULT>
<RESULT resultid="401" eventid="2" swimtime="00:01:03.00"/>
<RESULT resultid="501" eventid="3" swimtime="00:01:02.34"/></RESULTS></ATHLETE>
<ATHLETE athleteid="8" lastname="O'Quill" nameprefix="van den" firstname="Zoé" gender="F" birthdate="2011-06-07"><RESULTS>
<RESULT resultid="302" eventid="1" heatid="11" lane="5" swimtime="00:01:01.00" status="DSQ" comment="turn"/>
<RESULT resultid="502" eventid="3" swimtime="00:01:02.34"/>
<RESULT resultid="503" eventid="2" swimtime="NT" status="DNS"/></RESULTS></ATHLETE>
<ATHLETE athleteid="9" lastname="Løwnstad" firstname="Ann" gender="F" birthdate="2012-01-01">
<ENTRIES><ENTRY eventid="3" entrytime="00:01:05.00" status="WDR"/></ENTRIES></ATHLETE></ATHLETES>
<RELAYS><RELAY gender="F" number="1"><RESULTS><RESULT resultid="601" eventid="4" swimtime="00:01:02.00" status="EXH"><RELAYPOSITIONS>
<RELAYPOSITION athleteid="7" number="1" reactiontime="+65"/><RELAYPOSITION athleteid="8" number="2" reactiontime="-4"/>
</RELAYPOSITIONS></RESULT></RESULTS></RELAY></RELAYS></CLUB></CLUBS></MEET></MEETS></LENEX>
""".encode()


def zipped(data: bytes, name: str = "meet.lef") -> bytes:
    """The bytes as the one file of a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


IOF = """<?xml version="1.0" encoding="UTF-8"?>
<ResultList xmlns="http://www.orienteering.org/datastandard/3.0" iofVersion="3.0" status="Complete">
<Event><Id>77</Id><Name>Nowhere Sprint</Name><StartTime><Date>2026-05-02</Date><Time>10:00:00+05:45</Time></StartTime></Event>
<ClassResult><Class sex="F"><Id>W21</Id><Name>Women</Name></Class><Course><Length>3100</Length></Course>
<PersonResult><EntryId>1</EntryId><Person sex="F"><Id type="X">900</Id><Name><Family>Öztürkova</Family><Given>Ilvy</Given></Name>
<BirthDate>2001-02-03</BirthDate><Nationality code="AUT">Austria</Nationality></Person>
<Organisation><Id>5</Id><Name>OK "Nord"</Name><Country code="AUT">Austria</Country></Organisation>
<Result><BibNumber>101</BibNumber><StartTime>2026-05-02T10:00:00+05:45</StartTime><FinishTime>2026-05-02T10:15:30+05:45</FinishTime>
<Time>930.5</Time><TimeBehind>0</TimeBehind><Position>1</Position><Status>OK</Status>
<SplitTime><ControlCode>31</ControlCode><Time>61</Time></SplitTime><SplitTime status="Missing"><ControlCode>32</ControlCode></SplitTime></Result>
</PersonResult>
<PersonResult><Person><Name><Family>O'Quill</Family><Given>Zoé</Given></Name></Person>
<Result><BibNumber>102</BibNumber><Time>900</Time><Status>MissingPunch</Status></Result></PersonResult>
</ClassResult>
<ClassResult><Class><Id>R</Id><Name>Relay</Name><Leg/><Leg/></Class>
<TeamResult><Name>Nord 1</Name><BibNumber>7</BibNumber>
<TeamMemberResult><Person><Name><Family>Løwnstad</Family><Given>Ann</Given></Name></Person>
<Result><Leg>1</Leg><Time>1200</Time><Position type="Leg">2</Position><Status>OK</Status>
<OverallResult><Time>1200</Time><Position>2</Position><Status>OK</Status></OverallResult></Result></TeamMemberResult>
<TeamMemberResult><Person><Name><Family>Quarrow</Family><Given>Alix</Given></Name></Person>
<Result><Leg>2</Leg><Time>1100</Time><Position type="Leg">1</Position><Status>OK</Status>
<OverallResult><Time>2300</Time><TimeBehind>0</TimeBehind><Position>1</Position><Status>OK</Status></OverallResult></Result></TeamMemberResult>
</TeamResult></ClassResult></ResultList>
""".encode()

DO4 = b"8;1;1;Final\r\nLane1;31.20;31.24;31.18\r\nLane2;0;0;0\r\nLane3;33.10;;33.20\r\nLane4;;;\r\nE38830F77BD5362A\r\n"

ALGE = (
    b"                                \r\nCLASSEMENT:\r\n                                \r\nALL\r\n                                \r\n"
    b"RUN TIME\r\n                                \r\n 0001 RT  00:00:13.39   00 0001\r\n 0002 RTM 00:00:13.68   00 0002\r\n"
    b" 0004 RT  00:00:13.6    00 0002\r\n 0003 RT  00:01:14.05   00 0004\r\n                                \r\n"
    b"  ALGE TIMING\r\n   TdC  8001\r\n  DEU V 18.92\r\n26-05-02  17:04\r\n"
)

FIS = """<?xml version="1.0" encoding="UTF-8"?>
<Fisresults><Raceheader Sector="AL" Sex="L"><Season>2026</Season><Codex>1234</Codex><Nation>AUT</Nation>
<Discipline>SL</Discipline><Category>FIS</Category><Racedate><Day>2</Day><Month>5</Month><Year>2026</Year></Racedate>
<Eventname>Slalom of Nowhere</Eventname><Place>Niemandsried</Place></Raceheader>
<AL_race><AL_classified>
<AL_ranked Status="QLF"><Rank>1</Rank><Bib>3</Bib><Competitor><Fiscode>999001</Fiscode><Lastname>ÖZTÜRKOVA</Lastname>
<Firstname>Ilvy</Firstname><Sex>L</Sex><Nation>AUT</Nation><Yearofbirth>2005</Yearofbirth><Clubname>SC Nord</Clubname></Competitor>
<AL_result><Timerun1>48.12</Timerun1><Timerun2>47.01</Timerun2><Totaltime>1:35.13</Totaltime><Diff>0.00</Diff><Racepoints>0.00</Racepoints></AL_result></AL_ranked>
<AL_notranked Status="DNF2"><Bib>4</Bib><Competitor><Fiscode>999002</Fiscode><Lastname>O'QUILL</Lastname><Firstname>Zoé</Firstname></Competitor></AL_notranked>
</AL_classified></AL_race></Fisresults>
""".encode()

OPENFOOTBALL = """{"name": "Liga Nowhere 2026", "matches": [
{"round": "Matchday 1", "date": "2026-05-02", "time": "15:30", "team1": "SV \\"Nord\\"", "team2": "FC Süd",
 "score": {"ht": [1, 0], "ft": [2, 1]}, "goals1": [{"name": "I. Öztürkova", "minute": 45, "offset": 2, "penalty": true}, {"name": "Z. O'Quill", "minute": "90+3"}],
 "goals2": [{"name": "A. Løwnstad", "minute": 60, "owngoal": true}]},
{"round": "Matchday 1", "date": "2026-05-03", "team1": "FC Ost", "team2": "FC West"}]}
""".encode()
FOOTBALL_DATA = """{"competition": {"id": 2999, "name": "Nowhere League", "code": "NL"}, "season": {"startDate": "2026-02-01"}, "matches": [
{"id": 1, "utcDate": "2026-05-02T13:30:00Z", "status": "FINISHED", "matchday": 1, "stage": "REGULAR_SEASON",
 "homeTeam": {"id": 11, "name": "SV Nord"}, "awayTeam": {"id": 12, "name": "FC Süd"},
 "score": {"winner": "HOME_TEAM", "duration": "REGULAR", "fullTime": {"home": 2, "away": 1}, "halfTime": {"home": 1, "away": 0}},
 "goals": [{"minute": 45, "injuryTime": 2, "type": "PENALTY", "team": {"id": 11}, "scorer": {"id": 5, "name": "Ilvy Öztürkova"}, "assist": null}],
 "substitutions": [{"minute": 60, "team": {"id": 12}, "playerOut": {"id": 6, "name": "Zoé O'Quill"}, "playerIn": {"id": 7, "name": "Ann Løwnstad"}}]},
{"id": 2, "utcDate": "2026-05-09T13:30:00Z", "status": "TIMED", "matchday": 2, "homeTeam": {"id": 12, "name": "FC Süd"}, "awayTeam": {"id": 11, "name": "SV Nord"},
 "score": {"winner": null, "fullTime": {"home": null, "away": null}, "halfTime": {"home": null, "away": null}}}]}
""".encode()

CSV = (
    "Platz;Stnr;Nachname;Vorname;Jahrgang;Verein;50 m;Zeit;Status\r\n"
    '1;7;Öztürkova;"Ilvy ""Blitz""";2010;"TV Nord; 1";29,90;1:02,34;\r\n'
    "2;8;O'Quill;Zoé;2011;Club Süd;30,00;1:02,40;\r\n2;9;Løwnstad;Ann;2012;Club Süd;;1:02,40;\r\n"
    ";10;Quarrow;Alix;2012;Club Süd;;;DNS\r\n"
).encode()


def record(width: int, **at: str) -> str:
    """A record of this width; `c12="x"` puts x into column 12."""
    cells = [" "] * width
    for column, text in at.items():
        start = int(column[1:]) - 1
        cells[start : start + len(text)] = text
    return "".join(cells)[:width]


HY3 = "\r\n".join(
    [
        record(130, c1="A107", c5="Results From MM to TM", c30="Hy-Tek, Ltd", c45="MM5 7.0", c59="05022026"),
        record(130, c1="B1", c3="Cup of Nowhere", c48="Niemandsried Pool", c93="05022026", c101="05032026"),
        record(130, c1="C1", c3="NORD", c8="SV Nord"),
        record(130, c1="D1", c3="F", c4="  514", c9="Ozturkova", c29="Ilvy", c70="L-77", c89="06072010", c98="15"),
        record(130, c1="E1", c3="F", c4="  514", c9="Oztur", c14="F", c15="G", c16="   100", c22="A", c23="  9", c26=" 10",
               c39="   3", c43="   70.00", c51="S", c52="   70.00", c60="S"),
        record(130, c1="E2", c3="P", c4="   63.10", c12="S", c21="  2", c24="  4", c27="  1", c30="   1", c37="   63.12",
               c45="   63.09", c53="    0.00", c61="        63.10", c88="05022026"),
        record(130, c1="G1", c3="P", c4=" 2   29.90P 4   63.10"),
        record(130, c1="E2", c3="F", c4="   62.34", c12="S", c13="Q", c14="1B", c21="  1", c24="  4"),
        record(130, c1="D1", c3="F", c4="  515", c9="O'Quill", c29="Zoe", c70="L-78"),
        record(130, c1="E1", c3="F", c4="  515", c14="F", c15="G", c16="   100", c22="A", c39="   3", c51="S", c52="    0.00"),
        record(130, c1="E2", c3="P", c4="    0.00", c12="S", c13="R", c21="  2", c24="  5"),
        record(130, c1="F1", c3="NORD", c8="A", c14="F", c15="G", c16="   200", c22="E", c39="   4", c51="S", c52="  120.00"),
        record(130, c1="F2", c3="F", c4="  125.00", c12="S", c21="  1", c24="  3", c30="   2", c103="05032026"),
        record(130, c1="F3", c3="F", c4="  514", c9="Oztur", c14="F", c15="1", c16="F", c17="  515", c22="OQuil", c27="F", c28="2"),
        "",
    ]
).encode()  # fmt: skip

SDIF = "\r\n".join(
    [
        record(160, c1="A0", c3="1", c4="V3", c12="02", c14="Meet Results", c44="Nobody Software"),
        record(160, c1="B1", c3="1", c12="Cup of Nowhere", c86="Niemandsried", c118="AUT", c122="05022026", c130="05032026", c150="S"),
        record(160, c1="C1", c3="1", c12="NORD", c18="SV Nord"),
        record(160, c1="D0", c3="1", c12="Ozturkova, Ilvy B", c40="L-77", c52="AUT", c55="06072010", c63="15", c65="F", c66="F",
               c67=" 100", c71="1", c72="   3", c76="UN18", c80="05022026", c88=" 1:10.00", c96="S", c97=" 1:03.10", c105="S",
               c115=" 1:02.34", c123="S", c124=" 2", c126=" 4", c128=" 1", c130=" 5", c132="  3", c135="  1", c138="20.0"),
        record(160, c1="G0", c3="1", c16="Ozturkova, Ilvy B", c44="L-77", c56="1", c57=" 2", c59="  50", c63="C", c64="   29.90",
               c72=" 1:02.34", c144="F"),
        record(160, c1="D0", c3="1", c12="O'Quill, Zoe", c40="L-78", c65="F", c66="F", c67=" 100", c71="1", c72="   3", c80="05022026",
               c88="NT", c97="DQ", c124=" 2", c126=" 5"),
        record(160, c1="E0", c3="1", c12="A", c13="NORD", c21="F", c22=" 200", c26="7", c27="   4", c38="05032026", c73=" 2:05.00",
               c81="S", c86=" 1", c88=" 3", c93="  2"),
        record(160, c1="F0", c3="1", c16="NORD", c22="A", c23="Ozturkova, Ilvy B", c51="L-77", c76="F", c79="1", c80="   31.00"),
        record(160, c1="F0", c3="1", c16="NORD", c22="A", c23="O'Quill, Zoe", c51="L-78", c76="F", c79="2", c80="   32.00", c89="0.12"),
        record(160, c1="Z0", c3="1", c12="02"),
        "",
    ]
).encode()  # fmt: skip

STS = """{"meet": {"name": "Cup of Nowhere", "events": [{"name": "100 m", "rounds": [{"heats": [{"number": 1, "entries": [
{"competitor": {"family": "Öztürkova", "given": "Ilvy \\"Blitz\\""}, "lane": 4, "result": {"rank": 1, "time": {"ticks": 123400, "text": "12.34"}}}]}]}]}]}}
""".encode()

FILES = [
    File("lif", LIF, 6),
    File("evt", EVT, 5),
    File("ppl", PPL, 2),
    File("sch", SCH, 3),
    File("lynx-live", LIVE, 3),
    File("lenex", LENEX, 8),
    File("lenex", zipped(LENEX), 8),
    File("iof", IOF, 3),
    File("do4", DO4, 2),
    File("alge-classement", ALGE, 4),
    File("fis", FIS, 2),
    File("football", OPENFOOTBALL, 2),
    File("football", FOOTBALL_DATA, 2),
    File("csv", CSV, 4),
    File("hy3", HY3, 7),
    File("sdif", SDIF, 3),
    File("sts", STS, 1),
]
IDS = ["lif", "evt", "ppl", "sch", "live", "lef", "lxf", "iof", "do4", "alge", "fis", "openfootball", "football-data",
       "csv", "hy3", "sdif", "sts"]  # fmt: skip


def all_entries(reading: Reading) -> list[Entry]:
    """Every entry, in the order of the file."""
    return [placed.entry for placed in entries(reading.meet) if placed.entry is not None]


def entry_of(reading: Reading, family: str, *, nth: int = 0) -> Entry:
    """The n-th entry of somebody."""
    found = [one for one in all_entries(reading) if family in (one.competitor.family or one.competitor.name)]
    return found[nth]
