package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Takes the last look before an attempt: whether it still goes out, and to whom where that is looked up. */
final class Lookup {
    private final Plans plans;
    private final Deliveries deliveries;
    private final Attempts attempts;
    private final Unaddressed unaddressed;
    private final RandomGenerator random;

    Lookup(Plans plans, Deliveries deliveries, Attempts attempts, Unaddressed unaddressed, RandomGenerator random) {
        this.plans = plans;
        this.deliveries = deliveries;
        this.attempts = attempts;
        this.unaddressed = unaddressed;
        this.random = random;
    }

    /** What was found out. */
    sealed interface Found {
        /** It goes out. */
        record Goes() implements Found {}

        /** It goes out to these, at least one. */
        record To(List<String> addresses) implements Found {}

        /** It does not go out now, or not at all. */
        record Stays(Tried because) implements Found {}
    }

    /** Asks about an attempt; waits for the answer. */
    Found ask(Attempt attempt) {
        Key key = attempt.parts().get(0).message().key();
        Optional<LastLook> look = plans.get(key).sending().lastLook();
        if (look.isEmpty()) {
            return attempt.route().lookedUp() ? new Found.Stays(new Tried.NoAddress()) : new Found.Goes();
        }
        try {
            LastLook.Answer answer = look.get().at(asked(attempt));
            if (answer instanceof LastLook.Answer.Withdraw withdraw) {
                return new Found.Stays(new Tried.Unwanted(withdraw.why()));
            }
            return attempt.route().lookedUp() ? to(((LastLook.Answer.Send) answer).to()) : new Found.Goes();
        } catch (InterruptedException e) {
            return new Found.Stays(new Tried.NoLookup("it did not answer in time"));
        } catch (Exception | LinkageError | AssertionError e) {
            return new Found.Stays(new Tried.NoLookup(e.toString()));
        }
    }

    private LastLook.Asked asked(Attempt attempt) {
        Message message = attempt.parts().get(0).message();
        Deliveries.Route route = attempt.route();
        boolean named = plans.get(message.key()).sending().looksUp() && !route.lookedUp();
        return new LastLook.Asked(
                message.key(), route.recipient(), named, message.window().decidedAt());
    }

    private static Found to(List<String> found) {
        List<String> real = found.stream().filter(each -> !each.isBlank()).toList();
        return real.isEmpty() ? new Found.Stays(new Tried.NoAddress()) : new Found.To(real);
    }

    /**
     * Says to which of the addresses the delivery of an attempt goes: to the one that it went to before, or to the first that
     * has no delivery of the message yet. The others get deliveries of their own.
     *
     * @return empty if there is none for it, or somebody else has the delivery
     */
    Optional<String> assign(UnitOfWork unit, Attempt attempt, List<String> addresses) throws SQLException {
        Attempt.Part part = attempt.parts().get(0);
        long message = part.message().id();
        Messages.lock(unit, message);
        List<Deliveries.Delivery> all = Deliveries.of(unit, message).stream()
                .filter(each -> each.route().channel().equals(attempt.route().channel()))
                .toList();
        Optional<Deliveries.Delivery> mine = all.stream()
                .filter(each -> each.id() == part.delivery() && attempts.mine(each, attempt, part))
                .findFirst();
        if (mine.isEmpty()) {
            return Optional.empty();
        }
        List<String> others = all.stream()
                .filter(each -> each.id() != part.delivery())
                .map(each -> each.route().recipient())
                .filter(recipient -> !recipient.isEmpty())
                .toList();
        List<String> free = deliveries.without(attempt.route().channel(), addresses, others);
        String before = mine.get().route().recipient();
        Optional<String> to =
                free.contains(before) ? Optional.of(before) : free.stream().findFirst();
        if (to.isPresent()) {
            Deliveries.address(unit, part.delivery(), to.get());
            List<String> rest = new ArrayList<>(free);
            rest.remove(to.get());
            add(unit, attempt, rest);
        }
        return to;
    }

    private void add(UnitOfWork unit, Attempt attempt, List<String> recipients) throws SQLException {
        if (!recipients.isEmpty()) {
            Messages.Stored message =
                    Messages.find(unit, attempt.parts().get(0).message().id()).orElseThrow();
            List<Target> targets = recipients.stream()
                    .map(recipient -> new Target(attempt.route().channel(), recipient))
                    .toList();
            deliveries.insertLate(unit, message, new Deliveries.To(targets, false), random.nextLong());
        }
    }

    /** What became of an attempt is written down: whether its subject waits for an address. */
    void tried(Attempt attempt, Tried tried, long now) {
        if (attempt.route().lookedUp()) {
            Key key = attempt.parts().get(0).message().key();
            if (tried instanceof Tried.NoAddress) {
                unaddressed.lost(key, now);
            } else if (tried instanceof Tried.Given) {
                unaddressed.found(key);
            }
        }
    }
}
