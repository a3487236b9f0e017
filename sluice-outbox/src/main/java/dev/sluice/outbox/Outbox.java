package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Claim;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Settlement;
import dev.sluice.sql.SqlStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/** Decides occurrences and carries their messages until they are delivered, or dead and visible. */
public final class Outbox implements AutoCloseable {
    /**
     * An outbox whose messages live in the database of {@code store}, so that claim, message and extension are one
     * transaction.
     */
    public Outbox(
            SqlStore store,
            List<FlowPlan> flows,
            Map<String, Channel> channels,
            Settings settings,
            RandomGenerator random) {
        later("" + flows + channels + settings + random);
    }

    /**
     * How an outbox runs.
     *
     * @param attemptLease how long one attempt may take before another worker takes the delivery over
     * @param workers threads that deliver, per channel
     * @param tick how often the due-loop looks; zero for never, then {@link #tick} must be called
     * @param ledgerRetention how long ledger entries and closed messages are kept
     */
    public record Settings(Duration attemptLease, int workers, Duration tick, Duration ledgerRetention) {}

    /** Decides an occurrence and, if it passes and its flow has channels, stores its message in the same commit. */
    public CompletionStage<Acceptance> accept(Occurrence occurrence) {
        return later(occurrence.toString());
    }

    public CompletionStage<Settlement> complete(Claim claim) {
        return later(claim.toString());
    }

    public CompletionStage<Settlement> release(Claim claim, Event.Why why) {
        return later(claim.toString() + why);
    }

    public CompletionStage<Settlement> extend(Claim claim, Duration length) {
        return later(claim.toString() + length);
    }

    /** The condition is over. */
    public CompletionStage<Void> reset(Key key, OptionalDouble level) {
        return later(key.toString() + level);
    }

    /** The newest messages first, older than {@code before}. */
    public List<MessageView> messages(MessageFilter filter, int limit) {
        return later(filter.toString() + limit);
    }

    /** Which messages; an empty part means any. */
    public record MessageFilter(
            Optional<String> flow, Optional<Key> key, Optional<MessageState> state, Optional<Long> before) {}

    /** The newest entries first. */
    public List<LedgerEntry> ledger(LedgerFilter filter, int limit) {
        return later(filter.toString() + limit);
    }

    /** Which ledger entries; an empty part means any; {@code before} is the id of an entry. */
    public record LedgerFilter(
            Optional<String> flow,
            Optional<String> subject,
            Optional<String> kind,
            Optional<Instant> from,
            Optional<Instant> to,
            Optional<Long> before) {}

    /** The books of each flow. */
    public Map<String, Books> books() {
        return later("");
    }

    /** The full text of a subject that was hashed, and samples of what it holds now. */
    public List<Sample> samples(Key key) {
        return later(key.toString());
    }

    /** The full text of the subject of a key, as far as it is kept. */
    public String subjectText(Key key) {
        return later(key.toString());
    }

    /** Takes a message back before it was delivered; says whether it could. */
    public CompletionStage<Boolean> withdraw(long message, String by) {
        return later(message + by);
    }

    /** Does everything that is due now, in the calling thread; how many things that were. */
    public int tick() {
        return later("");
    }

    /** Starts the due-loop and the workers. */
    public void start() {
        later("");
    }

    /** Lets running attempts end within {@code patience}, and stops. Does not close the store. */
    public void stop(Duration patience) {
        later(patience.toString());
    }

    @Override
    public void close() {
        stop(Duration.ofSeconds(10));
    }

    @SuppressWarnings({"TypeParameterUnusedInFormals", "DoNotCallSuggester"})
    private static <T> T later(Object what) {
        throw new UnsupportedOperationException(what.toString());
    }
}
