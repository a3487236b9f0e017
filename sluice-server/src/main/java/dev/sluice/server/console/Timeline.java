package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.Explanation;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.outbox.LedgerEntry;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.MessageView;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Draws what happened to a subject: when it passed, what was held from when to when, when that was told, and the window
 * that is open. The history below it has the same in words.
 */
final class Timeline {
    private static final int WIDTH = 960;
    private static final int PASS_Y = 14;
    private static final int HELD_Y = 46;
    private static final int LANE = 22;
    private static final int AXIS_Y = 80;
    private static final int HEIGHT = 100;
    private static final int TICKS = 6;
    private static final int WINDOWS = 8;
    private static final int LEAST_LABEL = 46;
    private static final Duration ENDLESS = Duration.ofDays(1);
    private static final int MARGIN = 40;
    private static final Duration LEAST_MARGIN = Duration.ofMinutes(2);
    private static final Duration SHORT = Duration.ofHours(20);

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final Explanation about;
    private final List<LedgerEntry> entries;
    private final List<Held> held = new ArrayList<>();
    private final Instant from;
    private final Instant to;

    private Timeline(Explanation about, List<LedgerEntry> entries, List<MessageView> messages) {
        this.about = about;
        this.entries = entries;
        messages.forEach(view -> told(view.message()));
        if (about.state().held() > 0) {
            held.add(new Held(
                    Micros.instant(about.state().first()),
                    Micros.instant(about.state().last()),
                    about.state().held(),
                    Optional.empty()));
        }
        Instant end = latest();
        Instant begin = earliest(end.minus(length().multipliedBy(WINDOWS)));
        Duration margin = Duration.between(begin, end).dividedBy(MARGIN).plus(LEAST_MARGIN);
        from = begin.minus(margin);
        to = end.plus(margin);
    }

    /** What was held, and when it was told. */
    private record Held(Instant first, Instant last, long count, Optional<Instant> told) {}

    /** The picture; nothing where nothing is known that could be drawn. */
    static Html of(Explanation about, List<LedgerEntry> entries, List<MessageView> messages) {
        Timeline timeline = new Timeline(about, entries, messages);
        return entries.isEmpty() && timeline.held.isEmpty() ? Html.nothing() : timeline.figure();
    }

    private void told(Message message) {
        Message.Tally tally = message.tally();
        if (message.kind() == Message.Kind.DIGEST && tally.first().isPresent()) {
            Instant first = tally.first().get();
            held.add(new Held(
                    first,
                    tally.last().orElse(first),
                    tally.held(),
                    Optional.of(message.window().decidedAt())));
        }
    }

    private Duration length() {
        long window = about.rule().window();
        return window <= 0 || window == Micros.FOREVER ? ENDLESS : Micros.duration(window);
    }

    private Optional<Instant> windowEnd() {
        boolean ends = about.state().done() > 0 && about.rule().window() != Micros.FOREVER;
        return ends ? Optional.of(Micros.instant(about.state().start()).plus(length())) : Optional.empty();
    }

    /** Now, or when the open window or the last claim ends. */
    private Instant latest() {
        Instant end = windowEnd().filter(about.now()::isBefore).orElse(about.now());
        for (Live claim : about.state().live()) {
            Instant until = Micros.instant(claim.until());
            end = until.isAfter(end) ? until : end;
        }
        return end;
    }

    /** The earliest thing to be seen that is not before {@code bound}. */
    private Instant earliest(Instant bound) {
        Instant first = about.now();
        for (LedgerEntry entry : entries) {
            first = entry.at().isBefore(first) && !entry.at().isBefore(bound) ? entry.at() : first;
        }
        for (Held each : held) {
            first = each.first.isBefore(first) && !each.first.isBefore(bound) ? each.first : first;
        }
        return first;
    }

    private Html figure() {
        List<Html> parts = new ArrayList<>();
        parts.add(el("title", text("What happened to this subject")));
        parts.add(el("desc", text(words())));
        window().ifPresent(parts::add);
        parts.add(line("axis", from, AXIS_Y, AXIS_Y));
        ticks(parts);
        about.state().live().forEach(claim -> parts.add(claimed(Micros.instant(claim.until()))));
        held.stream().filter(this::seen).forEach(each -> parts.add(band(each)));
        entries.stream().filter(entry -> !entry.at().isBefore(from)).forEach(entry -> mark(parts, entry));
        if (!about.now().isAfter(to)) {
            parts.add(line("now", about.now(), 4, AXIS_Y));
        }
        return el(
                "figure",
                cls("timeline"),
                el(
                        "figcaption",
                        key("out", "Passed"),
                        key("held", "Held"),
                        key("told", "Told"),
                        key("claimed", "Claimed"),
                        key("open", "Window")),
                el(
                        "div",
                        cls("scroll"),
                        attr("tabindex", "0"),
                        attr("role", "group"),
                        attr("aria-label", "Picture of what happened, scrolls sideways"),
                        el("svg", attr("role", "img"), attr("viewBox", "0 0 " + WIDTH + " " + HEIGHT), all(parts))));
    }

    private static Html key(String name, String label) {
        return el("span", cls("key " + name), text(label));
    }

    private String words() {
        long passes = entries.stream().filter(Timeline::isPass).count();
        long count = held.stream().mapToLong(Held::count).sum();
        return passes + " passed and " + count + " were held from " + DAY.format(from) + " to " + DAY.format(to)
                + " UTC. The history below tells each.";
    }

    private static boolean isPass(LedgerEntry entry) {
        return entry.kind().equals("pass") || entry.kind().equals("summary");
    }

    private boolean seen(Held each) {
        return !each.last.isBefore(from);
    }

    private double x(Instant time) {
        double share = (double) Duration.between(from, time).toMillis()
                / Math.max(1, Duration.between(from, to).toMillis());
        return WIDTH * Math.min(1, Math.max(0, share));
    }

    private Optional<Html> window() {
        return windowEnd().filter(end -> end.isAfter(from)).map(end -> {
            Instant start = Micros.instant(about.state().start());
            return el(
                    "g",
                    el("title", text("The window that is open: " + DAY.format(start) + " to " + DAY.format(end))),
                    rect("open", x(start), 4, Math.max(2, x(end) - x(start)), AXIS_Y - 4));
        });
    }

    private void ticks(List<Html> parts) {
        Duration all = Duration.between(from, to);
        DateTimeFormatter format = all.compareTo(SHORT) > 0 ? DAY : CLOCK;
        for (int i = 0; i <= TICKS; i++) {
            Instant at = from.plus(all.multipliedBy(i).dividedBy(TICKS));
            String anchor = i == 0 ? "start" : i == TICKS ? "end" : "middle";
            parts.add(line("tick", at, AXIS_Y, AXIS_Y + 4));
            parts.add(label(anchor, x(at), HEIGHT - 4, format.format(at)));
        }
    }

    private static Html label(String anchor, double x, int y, String words) {
        return el(
                "text",
                attr("x", Chart.decimal(x)),
                attr("y", String.valueOf(y)),
                attr("text-anchor", anchor),
                text(words));
    }

    private Html band(Held each) {
        double begin = x(each.first);
        double width = Math.max(4, x(each.last) - begin);
        String words = each.count + " held from " + DAY.format(each.first) + " to " + DAY.format(each.last)
                + each.told.map(at -> ", told at " + CLOCK.format(at)).orElse(", not told yet");
        List<Html> parts = new ArrayList<>();
        parts.add(el("title", text(words)));
        parts.add(rect("held", begin, HELD_Y, width, LANE));
        if (width >= LEAST_LABEL) {
            parts.add(label("middle", begin + width / 2, HELD_Y + 15, String.valueOf(each.count)));
        }
        each.told.ifPresent(at -> parts.add(el("path", cls("told"), attr("d", diamond(x(at))))));
        return el("g", all(parts));
    }

    private Html claimed(Instant until) {
        double begin = x(about.now());
        return el(
                "g",
                el("title", text("Claimed until " + DAY.format(until))),
                rect("claimed", begin, PASS_Y, Math.max(4, x(until) - begin), LANE));
    }

    private static String diamond(double x) {
        return "M" + Chart.decimal(x) + " " + (HELD_Y + LANE / 2 - 7) + "l6 7l-6 7l-6 -7z";
    }

    private void mark(List<Html> parts, LedgerEntry entry) {
        if (isPass(entry)) {
            String name = entry.kind().equals("summary") ? "out summary" : "out";
            parts.add(el(
                    "g",
                    el("title", text(entry.kind() + " at " + DAY.format(entry.at()))),
                    rect(name, x(entry.at()) - 2, PASS_Y, 4, LANE)));
        } else if (entry.kind().equals("reset")) {
            parts.add(el(
                    "g",
                    el("title", text("reset at " + DAY.format(entry.at()))),
                    line("reset", entry.at(), 4, AXIS_Y)));
        }
    }

    private static Html rect(String name, double x, int y, double width, int height) {
        return el(
                "rect",
                cls(name),
                attr("x", Chart.decimal(x)),
                attr("y", String.valueOf(y)),
                attr("width", Chart.decimal(width)),
                attr("height", String.valueOf(height)),
                attr("rx", "2"));
    }

    private Html line(String name, Instant at, int top, int bottom) {
        double x = x(at);
        double end = top == bottom ? WIDTH : x;
        return el(
                "line",
                cls(name),
                attr("x1", Chart.decimal(top == bottom ? 0 : x)),
                attr("x2", Chart.decimal(end)),
                attr("y1", String.valueOf(top)),
                attr("y2", String.valueOf(bottom)));
    }
}
