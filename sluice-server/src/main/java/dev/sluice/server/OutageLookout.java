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
 * when it can be reached again. What waits for it besides notices counts: a notice never gives a notice.
 */
final class OutageLookout implements Lookout {
    /** Shorter outages are nobody's business: deliveries wait, and lose no attempt. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int RECENT = 10;

    private final Outbox outbox;
    private final InstantSource clock;

    /** Per channel since when it is down, as it was told; empty: it was told to be back, or nothing was. */
    private final Map<String, Optional<Instant>> told = new HashMap<>();

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

    private void down(Reach reach, Consumer<Notice> tell) {
        boolean longEnough = !reach.since().plus(PATIENCE).isAfter(clock.instant());
        if (!longEnough || told(reach.channel()).isPresent()) {
            return;
        }
        long waiting = waiting(reach.channel());
        if (waiting > 0) {
            tell.accept(new Notice(
                    Notice.Kind.OUTAGE,
                    reach.channel(),
                    "down-" + reach.channel() + "-" + reach.since(),
                    Notice.Tone.WRONG,
                    "Channel " + reach.channel() + " cannot be reached",
                    "Down since " + seconds(reach.since()) + ": " + reach.why() + "\n" + waiting
                            + " deliveries wait for it, lose no attempt, and go out when it is back, unless their messages are"
                            + " given up before."));
            told.put(reach.channel(), Optional.of(reach.since()));
        }
    }

    private void back(Reach reach, Consumer<Notice> tell) {
        Optional<Instant> since = told(reach.channel());
        if (since.isPresent()) {
            tell.accept(new Notice(
                    Notice.Kind.OUTAGE,
                    reach.channel(),
                    "back-" + reach.channel() + "-" + reach.since(),
                    Notice.Tone.OVER,
                    "Channel " + reach.channel() + " can be reached again",
                    "Down since " + seconds(since.get()) + ", back since " + seconds(reach.since()) + ". "
                            + waiting(reach.channel()) + " deliveries still wait for it."));
            told.put(reach.channel(), Optional.empty());
        }
    }

    /** What the last server told is remembered in its notices. */
    private Optional<Instant> told(String channel) {
        return told.computeIfAbsent(channel, this::lastNotice);
    }

    private Optional<Instant> lastNotice(String channel) {
        Outbox.MessageFilter notices = new Outbox.MessageFilter(
                Optional.empty(),
                Optional.of(Notice.key(Notice.Kind.OUTAGE, channel)),
                Optional.empty(),
                Optional.empty());
        return outbox.messages(notices, RECENT).stream()
                .map(MessageView::message)
                .filter(each -> each.kind() == Message.Kind.NOTICE)
                .findFirst()
                .filter(each -> Notice.Tone.WRONG.is(each.content()))
                .map(each -> each.window().decidedAt());
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
