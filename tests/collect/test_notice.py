"""Noticing a publication: once each, politely, and never because of a failure."""

from assets.ombudsman.client import Client
from assets.ombudsman.collect import collect, notice
from tests.standin.site import StandIn

LEEDS = "/your-councils-performance/leeds-city-council/statistics"


def test_a_first_look_at_an_unknown_site_is_a_publication(client: Client) -> None:
    look = notice(client)
    assert look.publication is not None
    assert len(look.publication.new_tables) == 3


def test_what_was_collected_already_is_no_news(client: Client, site: StandIn) -> None:
    collect(
        client,
        ["worcestershire-county-council", "leeds-city-council", "cornwall-council", "cambridge-city-council"],
    )
    assert notice(client).publication is None


def test_a_publication_is_noticed_exactly_once(client: Client, site: StandIn) -> None:
    cursor = notice(client).cursor
    site.publish(2024)
    look = notice(client, cursor)
    assert look.publication is not None
    assert look.publication.new_years["leeds-city-council"] == "2024-04-01 to 2025-03-31"
    assert "New year: leeds-city-council now shows 2024-04-01 to 2025-03-31" in look.publication.sentences()
    assert notice(client, look.cursor).publication is None


def test_what_is_new_is_said_in_whole_sentences_with_the_new_years_first(client: Client, site: StandIn) -> None:
    cursor = notice(client).cursor
    site.publish(2024)
    publication = notice(client, cursor).publication
    assert publication is not None
    whole = publication.in_short(10_000)
    assert whole.split("; ") == publication.sentences()
    short = publication.in_short(250)
    assert short.startswith("New year: ") and short.endswith(" more") and len(short) <= 250
    assert set(short.split("; ")[:-1]) < set(whole.split("; "))
    assert publication.in_short(10) == f"{len(publication.sentences())} things are new"


def test_a_publication_not_acted_on_is_noticed_again_under_the_same_key(client: Client, site: StandIn) -> None:
    cursor = notice(client).cursor
    site.publish(2024)
    first, again = notice(client, cursor).publication, notice(client, cursor).publication
    assert first is not None and again is not None
    assert first.key == again.key


def test_a_figure_corrected_taken_back_and_corrected_again_is_three_publications(client: Client, site: StandIn) -> None:
    cursor = notice(client).cursor
    keys = []
    for upheld in ("45", "44", "45"):
        site.restate("leeds-city-council", "upheld", upheld)
        again, look = notice(client, cursor), notice(client, cursor)
        assert again.publication is not None and look.publication is not None
        assert again.publication.key == look.publication.key
        keys.append(look.publication.key)
        cursor = look.cursor
    assert len(set(keys)) == 3


def test_a_changed_figure_is_noticed_with_both_values(client: Client, site: StandIn) -> None:
    cursor = notice(client).cursor
    site.restate("leeds-city-council", "upheld", "45")
    look = notice(client, cursor)
    assert look.publication is not None
    assert look.publication.changed_figures[-1] == ("leeds-city-council 2023-04-01 to 2024-03-31 upheld: 44 became 45")


def test_a_look_without_news_downloads_no_body(client: Client, site: StandIn) -> None:
    cursor = notice(client).cursor
    site.requests.clear()
    assert notice(client, cursor).publication is None
    assert site.bodies_sent() == 0
    assert len(site.requests) == 5


def test_a_failure_is_no_news(client: Client, site: StandIn) -> None:
    cursor = notice(client).cursor
    site.fault(LEEDS, "500")
    look = notice(client, cursor)
    assert look.publication is None
    assert list(look.failed) == [site.address + LEEDS]


def test_a_page_that_is_not_understood_is_no_news(client: Client, site: StandIn) -> None:
    cursor = notice(client).cursor
    site.fault("*", "empty-shell")
    assert notice(client, cursor).publication is None
