package dev.sluice.server;

import dev.sluice.jobs.JobEvent;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.job.Deaths;
import dev.sluice.server.watch.UnknownCounts;
import dev.sluice.server.watch.Watching;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Levels that are not known, actions that died, and messages whose subject has no address. */
final class WatchLookout implements Lookout {
    private static final int MOST_UNADDRESSED = 100;

    private final Watching watching;
    private final Outbox outbox;
    private final InstantSource clock;
    private final Set<Long> unaddressed = new HashSet<>();

    WatchLookout(Watching watching, Outbox outbox, InstantSource clock) {
        this.watching = watching;
        this.outbox = outbox;
        this.clock = clock;
    }

    @Override
    public void look(Consumer<Notice> tell) {
        UnknownCounts unknowns = watching.levels().unknowns();
        for (Optional<UnknownCounts.Row> row = unknowns.next(); row.isPresent(); row = unknowns.next()) {
            tell.accept(notice(row.get()));
            unknowns.told();
        }
        Deaths deaths = watching.ledger().deaths();
        for (Optional<JobEvent.Died> died = deaths.next(); died.isPresent(); died = deaths.next()) {
            tell.accept(notice(died.get()));
            deaths.told();
        }
        lookForAddresses(tell);
    }

    /** Each message once: so once in a window of its subject. */
    private void lookForAddresses(Consumer<Notice> tell) {
        List<Outbox.Lost> waiting = outbox.unaddressed(MOST_UNADDRESSED);
        unaddressed.retainAll(waiting.stream().map(Outbox.Lost::message).toList());
        for (Outbox.Lost message : waiting) {
            if (!unaddressed.contains(message.message())) {
                tell.accept(notice(message));
                unaddressed.add(message.message());
            }
        }
    }

    private Notice notice(Outbox.Lost message) {
        String subject = outbox.subjectText(message.key());
        return new Notice(
                Notice.Kind.UNDELIVERABLE,
                message.key().flow() + "/" + subject,
                "unaddressed-" + message.message(),
                Notice.Tone.WRONG,
                "There is no address for " + subject,
                "Flow: " + message.key().flow() + "\nSubject: " + subject + "\nMessage: " + message.message()
                        + "\nIt waits since " + message.since()
                        + ", goes out as soon as there is an address, and is given up like any other.");
    }

    private Notice notice(UnknownCounts.Row row) {
        return new Notice(
                Notice.Kind.UNKNOWN,
                row.flow() + "/" + row.subject(),
                "unknown-" + row.flow() + "-" + row.subject() + "-" + clock.millis(),
                Notice.Tone.WRONG,
                "The level of " + row.subject() + " is not known",
                "Flow: " + row.flow() + "\nSubject: " + row.subject() + "\nWhy: "
                        + row.cause().word() + ", "
                        + row.detail() + "\n" + row.times()
                        + " times in a row. Until it is known again nothing is told, done or taken for over.");
    }

    private Notice notice(JobEvent.Died died) {
        JobEvent.Attempt attempt = died.attempt();
        return new Notice(
                Notice.Kind.ACTION,
                attempt.kind() + "/" + attempt.subject(),
                "action-" + attempt.kind() + "-" + attempt.subject() + "-" + clock.millis(),
                Notice.Tone.WRONG,
                "The action " + attempt.kind() + " for " + attempt.subject() + " is dead",
                "It failed " + attempt.number() + " times and is not tried again by itself.\nLast: " + died.reason()
                        + "\nBegan with: " + attempt.data());
    }
}
