package dev.sluice.server.mailbox;

import dev.sluice.jobs.Run;
import dev.sluice.jobs.StepResult;
import jakarta.mail.Message;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One reading of a mailbox: which messages are new, and how far it came. For one thread. */
final class Sitting {
    private static final int PAGE = 50;

    /** Messages that came in shortly before the last run are read again: clocks differ, and what is known is not told. */
    private static final Duration OVERLAP = Duration.ofDays(1);

    private final Mailbox mailbox;
    private final OncePerMail once;
    private final int most;
    private final Teller teller;
    private final MailReader reader;
    private int told;
    private long reached;

    /** Tells a message that it is the turn of. */
    @FunctionalInterface
    interface Teller {
        /**
         * Tells it.
         *
         * @throws MailboxException if it was not told; then no further one is
         */
        void tell(Mail mail, OncePerMail.Turn.Mine turn) throws MailboxException;
    }

    /** @param most how many are told */
    Sitting(Mailbox mailbox, OncePerMail once, int most, Teller teller) {
        this.mailbox = mailbox;
        this.once = once;
        this.most = most;
        this.teller = teller;
        this.reader = new MailReader(mailbox);
    }

    int told() {
        return told;
    }

    /**
     * Tells what is new since {@code from}.
     *
     * @param begin when the run began
     * @throws MessagingException if the connection is lost
     * @throws MailboxException if a message was not told, or the claim of the run is lost
     */
    StepResult read(Run run, Place from, Instant begin)
            throws MessagingException, MailboxException, InterruptedException {
        boolean same = mailbox.validity() == from.validity();
        reached = same ? from.uid() : 0;
        long highest = mailbox.highest();
        List<Message> news = same ? mailbox.after(reached) : mailbox.since(since(from));
        for (int at = 0; at < news.size(); at += PAGE) {
            List<Message> page = news.subList(at, Math.min(news.size(), at + PAGE));
            mailbox.prefetch(page);
            for (Message message : page) {
                if (told == most) {
                    return done(reached, from.since());
                }
                Optional<Instant> until = readOne(run, message);
                if (until.isPresent()) {
                    return StepResult.again(pause(until.get()));
                }
            }
        }
        return done(Math.max(reached, highest), begin);
    }

    private static Instant since(Place from) {
        return from.validity() == 0 ? from.since() : from.since().minus(OVERLAP);
    }

    private StepResult done(long uid, Instant since) throws MessagingException {
        return StepResult.done(new Place(mailbox.validity(), uid, since).text());
    }

    /** Until when it must be waited for what becomes of this message elsewhere; empty if it is dealt with. */
    private Optional<Instant> readOne(Run run, Message message)
            throws MessagingException, MailboxException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the run was cut off");
        } else if (!run.isHeld()) {
            throw new MailboxException("the claim was lost before a message was told");
        }
        try {
            return told(run, message);
        } catch (MessageRemovedException e) {
            // Somebody deleted it in the meantime.
            return Optional.empty();
        }
    }

    private Optional<Instant> told(Run run, Message message) throws MessagingException, MailboxException {
        long uid = mailbox.uid(message);
        Optional<String> named = reader.id(message);
        // Only a message without a Message-ID must be read before it is known whether it is new.
        Optional<Mail> read = named.isPresent() ? Optional.empty() : Optional.of(reader.read(message));
        OncePerMail.Turn turn = once.take(
                run.subject(), named.orElseGet(() -> read.orElseThrow().id()));
        if (turn instanceof OncePerMail.Turn.Elsewhere elsewhere) {
            return Optional.of(elsewhere.until());
        } else if (turn instanceof OncePerMail.Turn.Mine mine) {
            teller.tell(read.isPresent() ? read.get() : claimed(message, mine), mine);
            told++;
        }
        reached = uid;
        return Optional.empty();
    }

    /** What is lost before anything was told need not be waited for. */
    private Mail claimed(Message message, OncePerMail.Turn.Mine turn) throws MessagingException {
        boolean read = false;
        try {
            Mail mail = reader.read(message);
            read = true;
            return mail;
        } finally {
            if (!read) {
                once.release(turn.claim());
            }
        }
    }

    private Duration pause(Instant until) {
        Duration rest = Duration.between(once.now(), until);
        return rest.isNegative() ? Duration.ZERO : rest;
    }
}
