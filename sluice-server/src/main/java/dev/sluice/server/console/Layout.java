package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.flag;
import static dev.sluice.server.console.Html.text;

import dev.sluice.server.http.Pages;
import java.util.ArrayList;
import java.util.List;

/** The frame of every page. */
final class Layout {
    private static final List<Place> PLACES = List.of(
            new Place("/", "Overview"),
            new Place("/messages", "Messages"),
            new Place("/dead", "Dead letters"),
            new Place("/actions", "Actions"),
            new Place("/budgets", "Budgets"),
            new Place("/ledger", "Ledger"));

    private Layout() {}

    private record Place(String path, String name) {}

    /** A page at one of the places of the navigation. */
    static Pages.Shown page(String place, String title, Html... content) {
        return page(200, place, title, content);
    }

    static Pages.Shown page(int status, String place, String title, Html... content) {
        Html document = el(
                "html",
                attr("lang", "en"),
                el(
                        "head",
                        el("meta", attr("charset", "utf-8")),
                        el("meta", attr("name", "viewport"), attr("content", "width=device-width, initial-scale=1")),
                        el("meta", attr("name", "color-scheme"), attr("content", "light dark")),
                        el("title", text(title + " - Sluice")),
                        el("link", attr("rel", "icon"), attr("href", Assets.ICON.path())),
                        el("link", attr("rel", "stylesheet"), attr("href", Assets.STYLE.path())),
                        el("script", attr("src", Assets.SCRIPT.path()), flag("defer", true))),
                el(
                        "body",
                        el("a", cls("skip"), attr("href", "#main"), text("To the content")),
                        header(place),
                        el("main", attr("id", "main"), all(List.of(content))),
                        footer()));
        return Pages.Shown.html(status, document.document());
    }

    private static Html header(String current) {
        List<Html> links = new ArrayList<>();
        for (Place place : PLACES) {
            boolean here = place.path.equals(current);
            links.add(el(
                    "a",
                    attr("href", place.path),
                    here ? attr("aria-current", "page") : Html.nothing(),
                    text(place.name)));
        }
        return el(
                "header",
                cls("top"),
                el("a", cls("brand"), attr("href", "/"), mark(), text("Sluice")),
                el("nav", attr("aria-label", "Main"), all(links)),
                el("span", cls("live"), attr("data-live", ""), attr("role", "status")));
    }

    /** A gate that lets some through. */
    private static Html mark() {
        return el(
                "svg",
                cls("mark"),
                attr("viewBox", "0 0 16 16"),
                attr("aria-hidden", "true"),
                bar("1", "3"),
                bar("6.5", "8"),
                bar("12", "3"));
    }

    private static Html bar(String x, String y) {
        return el("rect", attr("x", x), attr("y", y), attr("width", "3"), attr("height", "10"), attr("rx", "1"));
    }

    private static Html footer() {
        return el(
                "footer",
                el("a", attr("href", "/openapi.yaml"), text("API")),
                el("a", attr("href", "/metrics"), text("Metrics")),
                el("a", attr("href", "/health/ready"), text("Health")),
                el("span", cls("quiet"), text("All times are UTC.")));
    }

    /** A page that says why there is no other. */
    static Pages.Shown failure(int status, String title, String detail) {
        return page(
                status,
                "",
                title,
                el("h1", text(title)),
                el("p", text(detail)),
                el("p", Bits.link("/", "Back to the overview")));
    }

    /** Links of which one is the current choice. */
    static Html tabs(String label, List<Tab> tabs) {
        List<Html> links = new ArrayList<>();
        for (Tab tab : tabs) {
            links.add(el(
                    "a",
                    attr("href", tab.path),
                    tab.here ? attr("aria-current", "true") : Html.nothing(),
                    text(tab.label)));
        }
        return el("nav", cls("tabs"), attr("aria-label", label), all(links));
    }

    /** One of several choices. */
    record Tab(String label, String path, boolean here) {}

    /** A named field of a search form. */
    static Html field(String name, String label, String value, String placeholder) {
        return el(
                "label",
                text(label),
                el(
                        "input",
                        attr("type", "search"),
                        attr("name", name),
                        attr("value", value),
                        attr("placeholder", placeholder)));
    }

    /** A choice among words; the empty one means any. */
    static Html choice(String name, String label, String value, List<String> words) {
        List<Html> options = new ArrayList<>();
        options.add(el("option", attr("value", ""), text("any")));
        for (String word : words) {
            options.add(el("option", attr("value", word), flag("selected", word.equals(value)), text(word)));
        }
        return el("label", text(label), el("select", attr("name", name), all(options)));
    }

    static Html search(String action, Html... fields) {
        return el(
                "form",
                cls("search"),
                attr("method", "get"),
                attr("action", action),
                all(List.of(fields)),
                el("button", attr("type", "submit"), text("Show")));
    }

    static Html more(String path) {
        return el("p", cls("more"), el("a", attr("href", path), attr("rel", "next"), text("Next page")));
    }
}
