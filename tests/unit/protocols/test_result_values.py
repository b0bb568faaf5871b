"""What the readers of result files take out of each format. Ticks are worked out by hand: seconds times 10,000."""

import pytest

from result_files import (
    ALGE,
    CSV,
    DO4,
    EVT,
    FIS,
    FOOTBALL_DATA,
    HY3,
    IOF,
    LENEX,
    LIF,
    LIVE,
    OPENFOOTBALL,
    PPL,
    SCH,
    SDIF,
    STS,
    all_entries,
    entry_of,
)
from sts_protocols.errors import ResultFileError
from sts_protocols.results import csv_results, lif, reading, times
from sts_protocols.results.csv_results import Columns
from sts_protocols.results.model import Time


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("12.34", 123_400),
        ("1:02.34", 623_400),
        ("1:02,34", 623_400),
        ("01:02:03.4", 37_234_000),
        ("00:00:57.13", 571_300),
        ("930.5", 9_305_000),
        ("0:09.98765", 99_876),  # cut, not rounded
        ("-0.04", -400),
        ("+0.72", 7_200),
        ("117.31", 1_173_100),
        ("1:60.00", None),
        ("1:2:3:4", None),
        ("12.3x", None),
        ("٣", None),
    ],
)
def test_a_printed_time_is_ten_thousandths_of_a_second(text, ticks):
    assert times.ticks(text) == ticks


@pytest.mark.parametrize("text", ["", "NT", "nt", "0.00", "00:00:00.00", "--"])
def test_no_time_is_null(text):
    assert times.time(text) is None


def test_a_letter_behind_a_time_says_that_it_was_taken_by_hand():
    assert times.time("12.3h") == Time(ticks=123_000, text="12.3h", manner="hand")
    assert times.time("12.34 q") == Time(ticks=123_400, text="12.34 q")
    assert times.time("12.3x").ticks is None


def test_the_printed_text_is_kept():
    assert times.time(" 1:02,340 ") == Time(ticks=623_400, text="1:02,340")


class TestLif:
    def test_the_heat(self):
        (event,) = reading.read(LIF).meet.events
        (round_,) = event.rounds
        (heat,) = round_.heats
        assert (event.number, event.name, event.distance_m) == ("14", "Girls 100 m, B", 100.0)
        assert (round_.number, heat.number, heat.wind, heat.start) == (1, 2, "+0.9 m/s", "18:05:23.4567")

    def test_a_result(self):
        first = entry_of(reading.read(LIF), "Öztürkova")
        assert first.competitor.family == "Öztürkova, the 2nd"
        assert (first.competitor.id, first.competitor.licence, first.lane, first.bib) == (
            "234",
            "L-77",
            4,
            "234",
        )
        assert first.result.time == Time(ticks=123_400, text="12.34")
        assert first.result.reaction == Time(ticks=1_510, text="0.151")
        assert [(one.time.ticks, one.lap.ticks) for one in first.result.splits] == [
            (61_000, 61_000),
            (123_400, 62_400),
        ]

    def test_a_tie_stays_a_tie(self):
        ranks = [one.result.rank for one in all_entries(reading.read(LIF))]
        assert ranks == [1, 2, 2, 4, None, None]

    def test_statuses_are_values_and_a_time_may_stand_beside_one(self):
        told = reading.read(LIF)
        assert (entry_of(told, "Quarrow").result.status, entry_of(told, "Quarrow").result.time) == (
            "DNS",
            None,
        )
        disqualified = entry_of(told, "Fennimoor").result
        assert (disqualified.status, disqualified.time.ticks) == ("DSQ", 120_100)

    def test_quotes_in_a_quoted_name(self):
        assert entry_of(reading.read(LIF), "O'Quill").competitor.club.name == 'Club "Nord"'

    @pytest.mark.parametrize(
        ("text", "laps", "whole"),
        [
            ("1:01.50 (1:01.50),2:04.00 (1:02.50)", [615_000, 625_000], [615_000, 1_240_000]),
            ("1:01.50,2:04.00", [None, None], [615_000, 1_240_000]),
            ("1:01.50,1:02.50", [615_000, 625_000], [None, None]),
        ],
    )
    def test_splits_with_laps_without_and_laps_alone(self, text, laps, whole):
        found = lif.splits(text, times.time("2:04.00"))
        assert [one.lap and one.lap.ticks for one in found] == laps
        assert [one.time and one.time.ticks for one in found] == whole

    def test_an_empty_lane_is_nobody(self):
        told = reading.read(LIF + b",,8,,,,,,,,,,,,\r\n")
        assert told.n_of_m == "6 of 6"

    def test_a_first_line_that_is_no_heat(self):
        with pytest.raises(ResultFileError, match="event, round and heat"):
            lif.read(b"place,id,lane\r\n1,2,3\r\n")


class TestStartLists:
    def test_heats_and_who_is_in_them(self):
        told = reading.read(EVT)
        assert [(event.number, event.distance_m) for event in told.meet.events] == [
            ("14", 100.0),
            ("15", 200.0),
        ]
        assert [(one.bib, one.lane, one.competitor.family) for one in all_entries(told)] == [
            ("234", 4, "Öztürkova"),
            ("235", 5, "O'Quill, jr"),
            ("236", 6, "Løwnstad"),
        ]
        assert all(one.result is None for one in all_entries(told))

    def test_a_competitor_under_no_heat_is_refused(self):
        told = reading.FORMATS["evt"].read(b",1,2,Low,Ann\r\n1,1,1,100 m\r\n,3,4,Oh,Bo\r\n")
        assert (told.read, told.refused[0].line) == (2, 1)

    def test_a_field_event_has_letters(self):
        told = reading.read(
            b"LJ1,1,1,Long Jump\r\n,234,1,\xc3\x96zt\xc3\xbcrkova,Ilvy,TV\r\n14,1,1,100 m\r\n"
        )
        assert (told.format, [event.number for event in told.meet.events]) == ("evt", ["LJ1", "14"])

    def test_people(self):
        people = reading.read(PPL).meet.competitors
        assert [(one.id, one.family, one.given) for one in people] == [
            ("234", "Öztürkova", "Ilvy"),
            ("235", "O'Quill, jr", "Zoé"),
        ]

    def test_a_schedule_fills_in_ones(self):
        heats = [
            (e.number, r.number, h.number)
            for e in reading.read(SCH).meet.events
            for r in e.rounds
            for h in r.heats
        ]
        assert heats == [("14", 1, 2), ("15", 1, 1), ("16", 1, 1)]


class TestLive:
    def test_an_update(self):
        told = reading.read(LIVE)
        heat = told.meet.events[0].rounds[0].heats[0]
        assert (heat.number, heat.state, heat.wind) == (2, "unofficial", "+0.9")
        assert entry_of(told, "Öztürkova").result.time.ticks == 123_400
        assert entry_of(told, "Løwnstad").result.status == "DNF"

    def test_the_last_whole_update_counts(self):
        later = LIVE.replace(b"UNOFFICIAL", b"OFFICIAL").replace(b"12.34", b"12.35")
        told = reading.read(LIVE + b"\r\n" + later + b"\r\n" + LIVE[:60])
        assert entry_of(told, "Öztürkova").result.time.ticks == 123_500
        assert told.meet.events[0].rounds[0].heats[0].state == "official"

    def test_commas_may_part_the_cells(self):
        assert reading.read(LIVE.replace(b"|", b",")).meet == reading.read(LIVE).meet


class TestLenex:
    def test_the_meet(self):
        meet = reading.read(LENEX).meet
        assert (meet.name, meet.city, meet.nation, meet.course) == (
            "Cup of Nowhere",
            "Niemandsried",
            "AUT",
            "LCM",
        )
        assert (meet.first_day, meet.timing) == ("2026-05-02", "AUTOMATIC")

    def test_rounds_of_one_number_are_rounds_of_one_event(self):
        first, relay = reading.read(LENEX).meet.events
        assert [(one.name, one.run) for one in first.rounds] == [
            ("prelim", None),
            ("swim_off_after_prelim", 2),
            ("final", None),
        ]
        assert (relay.relay, relay.distance_m) == (2, 50.0)
        assert first.rounds[0].heats[0].start == "2026-05-02T10:02"
        assert first.rounds[0].heats[0].state == "official"

    def test_a_result_with_its_splits_and_ids(self):
        one = entry_of(reading.read(LENEX), "Öztürkova")
        assert (one.result.id, one.lane, one.entry_time) == ("301", 4, None)
        assert one.result.time.ticks == 631_000
        assert one.result.reaction == Time(ticks=7_200, text="+72")
        assert [(split.distance_m, split.time.ticks) for split in one.result.splits] == [(50.0, 299_000)]

    def test_the_first_of_january_is_a_year_alone(self):
        told = reading.read(LENEX)
        assert entry_of(told, "Öztürkova").competitor.birth == "2010"
        assert entry_of(told, "O'Quill").competitor.birth == "2011-06-07"
        assert entry_of(told, "O'Quill").competitor.family == "van den O'Quill"

    def test_a_disqualified_swimmer_keeps_the_time_and_a_tie_stays(self):
        told = reading.read(LENEX)
        out = entry_of(told, "O'Quill").result
        assert (out.status, out.time.ticks, out.rank, out.comment) == ("DSQ", 610_000, None, "turn")
        finals = [
            one.result.rank for one in all_entries(told) if one.result and one.result.id in ("501", "502")
        ]
        assert finals == [1, 1]

    def test_an_entry_that_was_withdrawn_has_no_result(self):
        withdrawn = entry_of(reading.read(LENEX), "Løwnstad")
        assert (withdrawn.status, withdrawn.entry_time.ticks, withdrawn.result) == ("WDR", 650_000, None)

    def test_a_relay_is_one_entry_with_legs_and_take_overs(self):
        relay = next(one for one in all_entries(reading.read(LENEX)) if one.competitor.kind == "relay")
        assert (relay.result.status, relay.result.time.ticks) == ("EXH", 620_000)
        assert [(leg.number, leg.competitor.given, leg.take_over.ticks) for leg in relay.result.legs] == [
            (1, "Ilvy", 6_500),
            (2, "Zoé", -400),
        ]

    def test_a_status_that_lenex_does_not_know_costs_its_result_only(self):
        told = reading.read(LENEX.replace(b'status="DNS"', b'status="GONE"'))
        assert told.n_of_m == "7 of 8"
        assert "GONE" in told.refused[0].reason

    def test_records_alone_are_no_meet(self):
        with pytest.raises(ResultFileError, match="no meet"):
            reading.read(b'<LENEX version="3.0"><RECORDLISTS/></LENEX>')


class TestIof:
    def test_the_event_keeps_its_odd_zone(self):
        told = reading.read(IOF)
        assert (told.meet.name, told.meet.first_day) == ("Nowhere Sprint", "2026-05-02")
        assert entry_of(told, "Öztürkova").result.start == "2026-05-02T10:00:00+05:45"

    def test_a_result(self):
        one = entry_of(reading.read(IOF), "Öztürkova")
        assert (one.bib, one.result.rank, one.result.time.ticks) == ("101", 1, 9_305_000)
        assert [(s.at, s.time and s.time.ticks, s.status) for s in one.result.splits] == [
            ("31", 610_000, ""),
            ("32", None, "missing"),
        ]

    def test_a_missed_control_keeps_the_time(self):
        out = entry_of(reading.read(IOF), "O'Quill").result
        assert (out.status, out.time.ticks, out.rank) == ("MP", 9_000_000, None)

    def test_a_team_has_the_overall_result_of_its_last_leg(self):
        team = entry_of(reading.read(IOF), "Nord 1")
        assert (team.result.rank, team.result.time.ticks) == (1, 23_000_000)
        assert [(leg.number, leg.rank, leg.time.ticks) for leg in team.result.legs] == [
            (1, 2, 12_000_000),
            (2, 1, 11_000_000),
        ]

    def test_start_and_entry_lists(self):
        person = b"<Person><Name><Family>Oh</Family><Given>Bo</Given></Name></Person>"
        start = (
            b'<StartList iofVersion="3.0"><Event><Name>N</Name></Event><ClassStart><Class><Name>W</Name></Class><PersonStart>'
            + person
            + b"<Start><BibNumber>7</BibNumber><StartTime>2026-05-02T10:00:00</StartTime></Start></PersonStart></ClassStart></StartList>"
        )
        (one,) = all_entries(reading.read(start))
        assert (one.bib, one.start, one.result) == ("7", "2026-05-02T10:00:00", None)
        entry = (
            b'<EntryList iofVersion="3.0"><Event><Name>N</Name></Event><PersonEntry><Id>9</Id>'
            + person
            + b"<Class><Id>1</Id><Name>W</Name></Class></PersonEntry></EntryList>"
        )
        told = reading.read(entry)
        assert (told.meet.events[0].name, all_entries(told)[0].id) == ("W", "9")

    def test_version_2_and_courses_are_refused(self):
        with pytest.raises(ResultFileError, match="version 3"):
            reading.read(b"<ResultList><IOFVersion version='2.0.3'/></ResultList>")
        with pytest.raises(ResultFileError, match="CourseData"):
            reading.read(b'<CourseData iofVersion="3.0"/>')


def test_a_dolphin_tells_hand_times_and_chooses_none():
    told = reading.read(DO4)
    first, third = all_entries(told)
    assert [(one.ticks, one.manner) for one in first.result.others] == [
        (312_000, "hand"),
        (312_400, "hand"),
        (311_800, "hand"),
    ]
    assert (third.lane, [one.ticks for one in third.result.others], third.result.time) == (
        3,
        [331_000, 332_000],
        None,
    )
    assert (told.meet.events[0].number, told.meet.events[0].rounds[0].name) == ("8", "final")


class TestSki:
    def test_a_classement(self):
        told = reading.read(ALGE)
        assert [(one.bib, one.result.rank, one.result.time.ticks) for one in all_entries(told)] == [
            ("1", 1, 133_900),
            ("2", 2, 136_800),
            ("4", 2, 136_000),
            ("3", 4, 740_500),
        ]
        assert [one.result.time.manner for one in all_entries(told)] == ["cell", "manual", "cell", "cell"]
        assert (told.meet.first_day, told.meet.events[0].rounds[0].name) == ("2026-05-02", "run_time")

    def test_fis(self):
        told = reading.read(FIS)
        first, second = all_entries(told)
        assert (told.meet.id, told.meet.first_day, told.meet.city) == ("1234", "2026-05-02", "Niemandsried")
        assert (first.competitor.licence, first.result.time.ticks) == ("999001", 951_300)
        assert [(s.at, s.lap.ticks) for s in first.result.splits] == [("run 1", 481_200), ("run 2", 470_100)]
        assert (second.result.status, second.result.more) == ("DNF", {"run": "2"})


class TestFootball:
    def test_openfootball(self):
        told = reading.read(OPENFOOTBALL)
        home, away, *_ = all_entries(told)
        assert (home.competitor.name, away.competitor.name) == ('SV "Nord"', "FC Süd")
        assert [(s.period, s.value) for s in home.result.scores] == [("ht", 1), ("ft", 2)]
        incidents = told.meet.events[0].rounds[0].heats[0].incidents
        assert [(one.kind, one.side, one.minute, one.added_minutes) for one in incidents] == [
            ("penalty", 1, 45, 2),
            ("goal", 1, 90, 3),
            ("own_goal", 2, 60, None),
        ]

    def test_a_match_to_come_has_no_score(self):
        assert all_entries(reading.read(OPENFOOTBALL))[2].result is None

    def test_football_data(self):
        told = reading.read(FOOTBALL_DATA)
        _, away, *coming = all_entries(told)
        assert [(s.period, s.value) for s in away.result.scores] == [("ht", 0), ("ft", 1)]
        assert {one.result.status for one in coming} == {"PENDING"}
        goal, change = told.meet.events[0].rounds[0].heats[0].incidents
        assert (goal.kind, goal.side, goal.person.name) == ("penalty", 1, "Ilvy Öztürkova")
        assert (change.kind, change.side, change.person.name, change.other.name) == (
            "substitution",
            2,
            "Ann Løwnstad",
            "Zoé O'Quill",
        )

    def test_older_openfootball_with_rounds(self):
        old = b'{"name": "L", "rounds": [{"name": "1", "matches": [{"date": "2015-08-01", "team1": {"key": "a", "name": "A"}, "team2": {"name": "B"}, "score1": 0, "score2": 0}]}]}'
        home, _ = all_entries(reading.read(old))
        assert [(s.period, s.value) for s in home.result.scores] == [("ft", 0)]

    def test_half_a_score_costs_its_match_only(self):
        told = reading.read(OPENFOOTBALL.replace(b'"ft": [2, 1]', b'"ft": [2, "x"]'))
        assert told.n_of_m == "1 of 2"


class TestCsv:
    def test_usual_titles_speak_for_themselves(self):
        told = reading.read(CSV)
        first = entry_of(told, "Öztürkova")
        assert (first.competitor.given, first.competitor.club.name) == ('Ilvy "Blitz"', "TV Nord; 1")
        assert [(s.distance_m, s.time.ticks) for s in first.result.splits] == [(50.0, 299_000)]
        assert [one.result.rank for one in all_entries(told)] == [1, 2, 2, None]
        assert entry_of(told, "Quarrow").result.status == "DNS"

    def test_ties_and_words_as_some_write_them(self):
        told = reading.read(
            b"Platz;Name;Zeit\n1.;A;12.3\n2=;B;12.4h\n=2;C;12.4h\nT4;D;12.6\nn.a.;E;\ndisq.;F;12.0\naufg.;G;\n"
        )
        assert [(one.result.rank, one.result.status) for one in all_entries(told)] == [
            (1, ""),
            (2, ""),
            (2, ""),
            (4, ""),
            (None, "DNS"),
            (None, "DSQ"),
            (None, "DNF"),
        ]
        assert all_entries(told)[1].result.time.manner == "hand"

    def test_a_mapping_says_which_column_is_what(self):
        data = b"a,b,c\r\n1:02.34,Oh,7\r\n"
        mapping = Columns(columns={"time": "a", "name": "b", "bib": "c"}, meet="Nowhere")
        told = reading.read(data, columns=mapping)
        assert (told.meet.name, all_entries(told)[0].result.time.ticks) == ("Nowhere", 623_400)

    @pytest.mark.parametrize(
        ("mapping", "match"),
        [
            (Columns(columns={"time": "z", "name": "b"}), "no column z"),
            (Columns(columns={"colour": "a"}), "fields that are none: colour"),
            (Columns(columns={"time": "a"}), "who"),
        ],
    )
    def test_a_mapping_that_does_not_fit_says_so(self, mapping, match):
        with pytest.raises(ResultFileError, match=match):
            csv_results.read(b"a,b,c\r\n1,2,3\r\n", mapping)


class TestHy3:
    def test_the_meet_and_an_event(self):
        told = reading.read(HY3)
        assert (told.meet.name, told.meet.first_day, told.meet.last_day) == (
            "Cup of Nowhere",
            "2026-05-02",
            "2026-05-03",
        )
        event = told.meet.events[0]
        assert (event.number, event.distance_m, event.stroke, event.age, event.course) == (
            "3",
            100.0,
            "FREE",
            "9-10",
            "S",
        )

    def test_prelim_and_final_are_results_of_their_own(self):
        told = reading.read(HY3)
        prelim, final = entry_of(told, "Ozturkova"), entry_of(told, "Ozturkova", nth=1)
        assert (prelim.result.time.ticks, prelim.result.rank, prelim.lane, prelim.entry_time.ticks) == (
            631_000,
            1,
            4,
            700_000,
        )
        assert [(one.ticks, one.manner) for one in prelim.result.others] == [
            (631_000, "pad"),
            (631_200, "button"),
            (630_900, "button"),
        ]
        # lengths of 25 m: the second ends at 50 m
        assert [(s.distance_m, s.time.ticks) for s in prelim.result.splits] == [
            (50.0, 299_000),
            (100.0, 631_000),
        ]
        assert (final.result.status, final.result.time.ticks, final.result.comment) == ("DSQ", 623_400, "1B")

    def test_yards_are_told_in_metres(self):
        yards = HY3.replace(b"   70.00S   70.00S", b"   70.00Y   70.00Y")
        assert reading.read(yards).meet.events[0].distance_m == pytest.approx(91.44)

    def test_a_no_show_and_a_blank_date(self):
        shown = entry_of(reading.read(HY3), "O'Quill")
        assert (shown.result.status, shown.result.time, shown.competitor.birth) == ("DNS", None, "")

    def test_a_relay(self):
        relay = entry_of(reading.read(HY3), "SV Nord A")
        assert (relay.result.time.ticks, relay.result.rank) == (1_250_000, 2)
        assert [(leg.number, leg.competitor.family) for leg in relay.result.legs] == [
            (1, "Ozturkova"),
            (2, "O'Quill"),
        ]


class TestSdif:
    def test_prelim_and_final(self):
        told = reading.read(SDIF)
        prelim, final = entry_of(told, "Ozturkova"), entry_of(told, "Ozturkova", nth=1)
        assert (prelim.competitor.given, prelim.competitor.birth) == ("Ilvy B", "2010-06-07")
        assert (prelim.result.time.ticks, prelim.result.rank, prelim.lane) == (631_000, 3, 4)
        assert (final.result.time.ticks, final.result.rank, final.lane, final.result.points) == (
            623_400,
            1,
            5,
            "20.0",
        )
        assert [(s.distance_m, s.time.ticks) for s in final.result.splits] == [
            (50.0, 299_000),
            (100.0, 623_400),
        ]

    def test_a_word_for_a_time_is_a_status(self):
        out = entry_of(reading.read(SDIF), "O'Quill")
        assert (out.result.status, out.result.time, out.entry_time) == ("DSQ", None, None)

    def test_a_relay_with_legs(self):
        relay = entry_of(reading.read(SDIF), "SV Nord A")
        assert [(leg.number, leg.competitor.family, leg.time.ticks) for leg in relay.result.legs] == [
            (1, "Ozturkova", 310_000),
            (2, "O'Quill", 320_000),
        ]


class TestNeutral:
    def test_what_parse_writes_can_be_sent(self):
        assert all_entries(reading.read(STS))[0].competitor.given == 'Ilvy "Blitz"'

    def test_a_misspelt_field_is_told(self):
        with pytest.raises(ResultFileError, match="famliy"):
            reading.read(STS.replace(b'"family"', b'"famliy"'))
