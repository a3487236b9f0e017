package dev.sluice.server;

import dev.sluice.outbox.Message;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Reach;
import dev.sluice.server.config.OperatorConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Channels that cannot be reached as a whole: once when one has been down for a minute and something waits for it, once
 * when it can be reached again; once in all, however many servers share the database and see it. What waits for it besides
 * notices counts: a notice never gives a notice.
 */
final class OutageLookout implements Lookout {
    /** Shorter outages are nobody's business: deliveries wait, and lose no attempt. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int RECENT = 10;

    private final Outbox outbox;
    private final InstantSource clock;

    /** Per channel what this server asked to be told last; what is refused or repeated is not asked for again. */
    private final Map<String, String> asked = new HashMap<>();

    /** Per channel since when this server has found it down; empty: reached again, and that was told if it had to be. */
    private final Map<String, Optional<Instant>> downs = new HashMap<>();

    OutageLookout(Outbox outbox, InstantSource clock) {
        this.outbox = outbox;
        this.clock = clock;
    }

    @Override
    public void look(Consumer<Notice> tell) {
        for (Reach reach : outbox.reaches()) {
            if (reach.state() == Reach.State.DOWN) {
                down(reach, tell);
            } else if (reach.state() == Reach.State.REACHED) {
                back(reach, tell);
            }
        }
    }

    /**
     * What was told last of a channel.
     *
     * @param notice the message that did; 0 for none
     * @param at when
     * @param down whether it said that the channel is down
     */
    private record Told(long notice, Instant at, boolean down) {
        static final Told NOTHING = new Told(0, Instant.MIN, false);
    }

    /** Another server may have told it, or may have reached the channel since: then this one has to find out anew. */
    private void down(Reach reach, Consumer<Notice> tell) {
        downs.put(reach.channel(), Optional.of(reach.since()));
        if (!isDownForLong(reach, Told.NOTHING)) {
            return;
        }
        Told last = lastNotice(reach.channel());
        long waiting = waiting(reach.channel());
        if (!last.down && waiting > 0 && isDownForLong(reach, last)) {
            ask(
                    reach.channel(),
                    "down-" + reach.channel() + "-" + last.notice,
                    Notice.Tone.WRONG,
                    "Channel " + reach.channel() + " cannot be reached",
                    "Down since " + seconds(reach.since()) + ": " + reach.why() + "\n" + waiting
                            + " deliveries wait for it, lose no attempt, and go out when it is back, unless their messages are"
                            + " given up before.",
                    tell);
        }
    }

    private boolean isDownForLong(Reach reach, Told last) {
        Instant from = reach.since().isAfter(last.at) ? reach.since() : last.at;
        return !from.plus(PATIENCE).isAfter(clock.instant());
    }

    /** What the last server told, this one must take back. */
    private void back(Reach reach, Consumer<Notice> tell) {
        Optional<Instant> down = downs.get(reach.channel());
        if (down != null && down.isEmpty()) {
            return;
        }
        downs.put(reach.channel(), Optional.empty());
        Told last = lastNotice(reach.channel());
        if (last.down) {
            Instant since = down == null ? last.at : down.orElse(last.at);
            ask(
                    reach.channel(),
                    "back-" + reach.channel() + "-" + last.notice,
                    Notice.Tone.OVER,
                    "Channel " + reach.channel() + " can be reached again",
                    "Down since " + seconds(since) + ", back since " + seconds(reach.since()) + ". "
                            + waiting(reach.channel()) + " deliveries still wait for it.",
                    tell);
        }
    }

    private void ask(String channel, String id, Notice.Tone tone, String title, String message, Consumer<Notice> tell) {
        if (!id.equals(asked.put(channel, id))) {
            tell.accept(new Notice(Notice.Kind.OUTAGE, channel, id, tone, title, message));
        }
    }

    private Told lastNotice(String channel) {
        Outbox.MessageFilter notices = new Outbox.MessageFilter(
                Optional.empty(),
                Optional.of(Notice.key(Notice.Kind.OUTAGE, channel)),
                Optional.empty(),
                Optional.empty());
        return outbox.messages(notices, RECENT).stream()
                .map(MessageView::message)
                .filter(each -> each.kind() == Message.Kind.NOTICE)
                .findFirst()
                .map(each -> new Told(each.id(), each.window().decidedAt(), Notice.Tone.WRONG.is(each.content())))
                .orElse(Told.NOTHING);
    }

    private long waiting(String channel) {
        return outbox.waiting(channel).entrySet().stream()
                .filter(each -> !each.getKey().equals(OperatorConfig.FLOW))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
