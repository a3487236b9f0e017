package dev.sluice.server.console;

import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.Key;
import dev.sluice.outbox.LedgerEntry;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was decided, delivered, reported and done by hand. */
final class LedgerPage {
    private static final int ROWS = 100;

    private final Engine engine;

    LedgerPage(Engine engine) {
        this.engine = engine;
    }

    List<Pages.Page> pages() {
        return List.of(new Pages.Page("GET", "/ledger", this::show));
    }

    private Pages.Shown show(Pages.Asked asked) {
        Map<String, String> query = asked.query();
        List<LedgerEntry> entries = engine.ledger(
                new Outbox.LedgerFilter(
                        given(query, "flow"),
                        given(query, "subject"),
                        given(query, "kind"),
                        given(query, "from").flatMap(LedgerPage::time),
                        given(query, "to").flatMap(LedgerPage::time),
                        given(query, "before")
                                .filter(text -> text.matches("\\d{1,18}"))
                                .map(Long::valueOf)),
                ROWS);
        return Layout.page(
                "/ledger",
                "Ledger",
                el("h1", text("Ledger")),
                el(
                        "p",
                        cls("lead quiet"),
                        text("Every pass, settle, digest, reset and action; never one line per held occurrence.")),
                search(query),
                entries.isEmpty()
                        ? Bits.empty("Nothing is recorded.", "Either nothing passed yet, or the search is too narrow.")
                        : table(entries),
                entries.size() < ROWS
                        ? Html.nothing()
                        : next(query, entries.get(ROWS - 1).id()));
    }

    private static Optional<String> given(Map<String, String> query, String name) {
        return Optional.ofNullable(query.get(name)).filter(value -> !value.isBlank());
    }

    /** A time, or only its day. */
    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text.length() == "2026-01-31".length() ? text + "T00:00:00Z" : text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private Html search(Map<String, String> query) {
        List<String> flows = engine.flows().stream().map(FlowConfig::name).toList();
        return Layout.search(
                "/ledger",
                Layout.choice("flow", "Flow", query.getOrDefault("flow", ""), flows),
                Layout.field("subject", "Subject", query.getOrDefault("subject", ""), "exactly"),
                Layout.choice("kind", "Kind", query.getOrDefault("kind", ""), LedgerEntry.KINDS),
                Layout.field("from", "From", query.getOrDefault("from", ""), "2026-01-31"),
                Layout.field("to", "Before", query.getOrDefault("to", ""), "2026-02-01"));
    }

    private static Html table(List<LedgerEntry> entries) {
        List<Html> rows = new ArrayList<>();
        for (LedgerEntry entry : entries) {
            rows.add(Bits.row(
                    Bits.td(Bits.time(entry.at())),
                    Bits.td(kind(entry)),
                    el("td", cls("about"), about(entry)),
                    Bits.td(text(entry.detail()))));
        }
        return Bits.table(List.of("At", "Kind", "About", "What happened"), rows);
    }

    /** The same of one subject, which needs no naming. */
    static Html timeline(List<LedgerEntry> entries) {
        List<Html> rows = new ArrayList<>();
        for (LedgerEntry entry : entries) {
            rows.add(Bits.row(Bits.td(Bits.time(entry.at())), Bits.td(kind(entry)), Bits.td(text(entry.detail()))));
        }
        return Bits.table(List.of("At", "Kind", "What happened"), rows);
    }

    private static Html kind(LedgerEntry entry) {
        String tone = switch (entry.kind()) {
            case "pass", "summary", "settle" -> "good";
            case "lost", "dead", "overshoot" -> "bad";
            case "tally", "digest", "report" -> "wait";
            default -> "calm";
        };
        return Bits.badge(tone, entry.kind());
    }

    private static Html about(LedgerEntry entry) {
        try {
            return Bits.about(Key.parse(entry.key()));
        } catch (IllegalArgumentException e) {
            return text(entry.key());
        }
    }

    private static Html next(Map<String, String> query, long last) {
        String here = "/ledger";
        for (String name : List.of("flow", "subject", "kind", "from", "to")) {
            here = Link.with(here, name, query.getOrDefault(name, ""));
        }
        return Layout.more(Link.with(here, "before", String.valueOf(last)));
    }
}
