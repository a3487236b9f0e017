package dev.sluice.server.console;

import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.outbox.Episode;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.Engine;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How long subjects were in the zones of a watch; nothing for a flow that watches no levels. */
final class EpisodeList {
    private static final int ROWS = 50;

    private EpisodeList() {}

    static Html section(Engine engine, FlowConfig flow) {
        if (flow.levels().watch().isEmpty()) {
            return Html.nothing();
        }
        List<Episode> episodes =
                engine.episodes(flow.name(), Optional.empty(), Optional.empty(), Optional.empty(), ROWS);
        Instant now = engine.now();
        return Bits.section(
                "Episodes",
                episodes.isEmpty()
                        ? Bits.empty(
                                "No subject was in a zone.",
                                "Zones: " + flow.levels().watch().get().zones())
                        : Bits.table(
                                List.of("Subject", "Zone", "Opened", "Last seen", "#Checks", "#Held", "Told", "Over"),
                                episodes.stream()
                                        .map(each -> row(engine, now, each))
                                        .toList()));
    }

    private static Html row(Engine engine, Instant now, Episode episode) {
        return Bits.keyed(
                Long.toString(episode.id()),
                el("td", Html.cls("long"), Bits.key(episode.key(), engine.subjectText(episode.key()))),
                Bits.td(Bits.badge(tone(episode), episode.key().variant())),
                Bits.when(now, episode.times().openedAt()),
                Bits.when(now, episode.times().lastSeen()),
                Bits.num(episode.counts().checks()),
                Bits.num(episode.counts().held()),
                time(now, episode.times().notifiedAt(), "not yet"),
                time(now, episode.times().closedAt(), episode.state().word()));
    }

    private static String tone(Episode episode) {
        return episode.state() == Episode.State.OPEN ? "wait" : "calm";
    }

    private static Html time(Instant now, Optional<Instant> time, String otherwise) {
        return time.map(at -> Bits.when(now, at)).orElseGet(() -> Bits.td(text(otherwise)));
    }
}
