package dev.sluice.server.channel;

import dev.sluice.Key;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Sample;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.text.SafeText;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a message reads like, the same facts for every channel. Content is hostile: the result holds no control
 * character but line feeds and tabs in the body, and nothing that turns the reading direction. Immutable.
 */
public final class Rendering {
    /** Longest title in code points, prefix included; mail readers show less. */
    static final int MOST_TITLE = 200;

    /** Longest text in code points, wherever it goes. */
    static final int MOST_BODY = 100_000;

    private static final int MOST_DATA = 10_000;
    private static final int MOST_SAMPLE = 300;
    private static final int MOST_WORD = 60;

    private final Optional<String> console;
    private final Letters letters;

    /** @param publicUrl how people reach the console; empty: messages carry no link */
    public Rendering(Optional<URI> publicUrl) {
        this(publicUrl, List.of());
    }

    /** As {@link #Rendering(Optional)}; messages of flows with a mail of their own say what that does. */
    public Rendering(Optional<URI> publicUrl, Collection<FlowConfig> flows) {
        console = publicUrl.map(url -> url.toString().replaceFirst("/+$", ""));
        letters = new Letters(flows, console);
    }

    /** The title of a message, one line. */
    public String title(Message message) {
        return of(message).title();
    }

    /** All of a message but its title, as plain text. */
    public String text(Message message) {
        return of(message).text();
    }

    /** All of a message as a page of HTML, as mail shows it. */
    public String html(Message message) {
        return of(message).html();
    }

    /** What is shown of a message: links in it cannot be used in the place of a receiver. */
    Rendered of(Message message) {
        return of(new Outgoing(message, "", "", 1, Duration.ZERO), false);
    }

    /** What is sent. */
    Rendered of(Outgoing outgoing) {
        return of(outgoing, true);
    }

    private Rendered of(Outgoing outgoing, boolean real) {
        Rendered known = known(outgoing.message());
        return letters.of(outgoing, known, real)
                .map(letter -> known.saying(
                        letter.title()
                                .map(title -> SafeText.line(title, MOST_TITLE))
                                .filter(title -> !title.isEmpty())
                                .orElse(known.title()),
                        letter))
                .orElse(known);
    }

    private Rendered known(Message message) {
        return new Rendered(
                SafeText.line(prefix(message) + ownTitle(message), MOST_TITLE),
                notes(message),
                body(message),
                message.samples().stream().map(Rendering::sample).toList(),
                facts(message),
                console.map(url -> url + "/messages/" + message.id()),
                Optional.empty());
    }

    /** A time as people and programs can read it: ISO, UTC, whole seconds. */
    static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String prefix(Message message) {
        return message.members().isEmpty()
                ? prefixOfKind(message)
                : "[x" + message.members().size() + "] " + prefixOfKind(message);
    }

    private static String prefixOfKind(Message message) {
        return switch (message.kind()) {
            case PASS -> "";
            case SUMMARY -> "[AGGREGATED x" + message.tally().occurrences() + "] ";
            case DIGEST -> "[HELD x" + message.tally().held() + "] ";
            case NOTICE -> "[SLUICE] ";
            case RESOLVED -> "[OVER] ";
        };
    }

    private static String ownTitle(Message message) {
        Content content = message.content();
        if (!content.title().isBlank()) {
            return content.title();
        }
        return content.message().isBlank() ? message.key().text() : content.message();
    }

    private static List<String> notes(Message message) {
        List<String> notes = new ArrayList<>();
        Message.Tally tally = message.tally();
        if (message.kind() == Message.Kind.SUMMARY) {
            notes.add(tally.occurrences() + " occurrences in this window so far, this one included.");
        }
        if (message.kind() == Message.Kind.DIGEST) {
            notes.add(tally.held() + " held" + range(tally, " from ", " to ") + ".");
        } else if (message.kind() == Message.Kind.RESOLVED) {
            notes.add(tally.occurrences() + " checks" + range(tally, " from ", " to ") + ".");
        } else if (tally.held() > 0) {
            notes.add(tally.held() + " held" + range(tally, " since ", ", the last at ") + ".");
        }
        message.window().heldUntil().ifPresent(until -> notes.add("Further ones are held until " + time(until) + "."));
        return notes;
    }

    private static String range(Message.Tally tally, String since, String until) {
        String first = tally.first().map(time -> since + time(time)).orElse("");
        return first + tally.last().map(time -> until + time(time)).orElse("");
    }

    /** A digest speaks by its samples; the content beside them would tell the first one twice. */
    private static String body(Message message) {
        if (!message.members().isEmpty()) {
            String members = message.members().stream()
                    .map(each -> member(message.kind(), each))
                    .collect(Collectors.joining("\n"));
            return SafeText.block(members, MOST_BODY);
        }
        boolean toldBySamples =
                message.kind() == Message.Kind.DIGEST && !message.samples().isEmpty();
        return toldBySamples ? "" : SafeText.block(message.content().message(), MOST_BODY);
    }

    /** One line for each of a group; those that tell of held ones say of how many, and what is over for how long it was. */
    private static String member(Message.Kind kind, Message.Member member) {
        Content content = member.content();
        boolean over = kind == Message.Kind.RESOLVED;
        String what = over || content.title().isBlank() ? content.message() : content.title();
        String held = !over && member.tally().held() > 0 ? " (" + member.tally().held() + " held before)" : "";
        return "- " + SafeText.line(member.key().subject(), Key.MAX_SUBJECT_BYTES) + ": "
                + SafeText.line(what, MOST_SAMPLE) + held;
    }

    private static String sample(Sample sample) {
        String what = sample.title().isBlank() ? sample.message() : sample.title() + ": " + sample.message();
        return time(sample.at()) + " " + SafeText.line(what, MOST_SAMPLE);
    }

    private static List<Rendered.Fact> facts(Message message) {
        List<Rendered.Fact> facts = new ArrayList<>();
        Key key = message.key();
        facts.add(new Rendered.Fact("Flow", key.flow()));
        if (!key.variant().isEmpty()) {
            facts.add(new Rendered.Fact("Variant", key.variant()));
        }
        facts.add(new Rendered.Fact("Subject", SafeText.line(key.subject(), Key.MAX_SUBJECT_BYTES)));
        if (!message.content().severity().isBlank()) {
            facts.add(new Rendered.Fact(
                    "Severity", SafeText.line(message.content().severity(), MOST_WORD)));
        }
        facts.add(new Rendered.Fact("Decided", time(message.window().decidedAt())));
        if (!message.content().data().equals("{}") && !message.content().data().isBlank()) {
            facts.add(new Rendered.Fact("Data", SafeText.block(message.content().data(), MOST_DATA)));
        }
        return facts;
    }
}
