package dev.sluice.outbox;

import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.StoreException;
import dev.sluice.SubjectRecipe;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tells of errors without flooding anybody: equal errors go out five times an hour, the third as a summary, and what was
 * held is told when the hour is over. Which errors are equal, {@link SubjectRecipe#ERRORS} says, in every process and in the
 * server alike.
 *
 * <pre>{@code
 * try (ErrorNotifier errors = ErrorNotifier.open(Path.of("data", "errors.db"), Map.of("mail", mail))) {
 *     try {
 *         runImport();
 *     } catch (TimeoutException e) {
 *         errors.notifyError("Import failed", e.getMessage(), Map.of("error_type", "Timeout"), "Import", false);
 *     }
 * }
 * }</pre>
 *
 * <p>It is made for error handlers: it throws nothing, and waits at most 5 s, because an error in telling of an error hides
 * the first one; what it could not do, it answers. Where the store is away nothing goes out, which is unlike a limiter that
 * fails open: a flood is not let loose by a second fault. Texts may be missing (null or blank), and what the caller hands in
 * is never changed. Safe for use by many threads.
 */
public final class ErrorNotifier implements AutoCloseable {
    /** The flow that notifications belong to. */
    public static final String FLOW = "errors";

    /** The variant that backfills belong to: they have an allowance of their own. */
    public static final String BACKFILL = "backfill";

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration ATTEMPT_LEASE = Duration.ofMinutes(1);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration RETENTION = Duration.ofDays(30);
    private static final int WORKERS = 4;
    private static final int MOST_CHARS = 1_000_000;
    private static final String ERROR = "error";
    private static final String PROCESSOR = "processor";
    private static final String ERROR_TYPE = "error_type";
    private static final String MESSAGE = "message";

    private final Outbox outbox;
    private final DecisionLog log;
    private final Runnable owned;

    private ErrorNotifier(Outbox outbox, DecisionLog log, Runnable owned) {
        this.outbox = outbox;
        this.log = log;
        this.owned = owned;
    }

    /**
     * A notifier with a database of its own, which it closes.
     *
     * @param file the SQLite database; made if it is not there
     * @param channels where messages go, by name
     * @throws dev.sluice.StoreException if the database cannot be opened
     */
    public static ErrorNotifier open(Path file, Map<String, Channel> channels) {
        SqlStore store = SqlStore.sqlite(file, SqliteSettings.STANDARD, InstantSource.system());
        try {
            Outbox outbox = new Outbox(
                    store,
                    List.of(plan(List.copyOf(new TreeMap<>(channels).keySet()))),
                    channels,
                    new Outbox.Settings(ATTEMPT_LEASE, WORKERS, TICK, RETENTION),
                    new SecureRandom());
            outbox.start();
            return new ErrorNotifier(outbox, new DecisionLog(), () -> {
                outbox.close();
                store.close();
            });
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** A notifier over an outbox that has the flow {@value #FLOW}, such as {@link #plan}; closing it closes nothing. */
    public static ErrorNotifier over(Outbox outbox) {
        return over(outbox, new DecisionLog());
    }

    static ErrorNotifier over(Outbox outbox, DecisionLog log) {
        return new ErrorNotifier(outbox, log, () -> {});
    }

    /**
     * The flow of the server's standard configuration: 5 per 1h, the third one as a summary, what was held told at the end
     * of the window; a backfill 1 per 1h.
     *
     * @param channels names of the channels that its messages go to
     */
    public static FlowPlan plan(List<String> channels) {
        Rule rule = Rule.allow("5 per 1h").summaryAt(3).digest(Digest.AT_CLOSE).build();
        Rule backfill = Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build();
        return new FlowPlan(FLOW, Map.of("", rule, BACKFILL, backfill), channels, OnFailure.STANDARD);
    }

    /** An error; one without processor or details. */
    public Notified notifyError(@Nullable String title, @Nullable String message) {
        return notifyError(title, message, Map.of(), "", false);
    }

    /**
     * An error.
     *
     * @param details further values for the message; {@code error_type} among them says which error it is
     * @param processor where it happened
     * @param backfill whether it happened while old data was worked off, which has an allowance of its own
     */
    public Notified notifyError(
            @Nullable String title,
            @Nullable String message,
            @Nullable Map<String, ?> details,
            @Nullable String processor,
            boolean backfill) {
        return told("error", title, message, details, processor, backfill);
    }

    /** As {@link #notifyError}, and its type is {@code warning}. */
    public Notified notifyWarning(
            @Nullable String title,
            @Nullable String message,
            @Nullable Map<String, ?> details,
            @Nullable String processor) {
        return told("warning", title, message, details, processor, false);
    }

    /** As {@link #notifyError}, and its type is {@code info}. */
    public Notified notifyInfo(
            @Nullable String title,
            @Nullable String message,
            @Nullable Map<String, ?> details,
            @Nullable String processor) {
        return told("info", title, message, details, processor, false);
    }

    private Notified told(
            String severity,
            @Nullable String title,
            @Nullable String message,
            @Nullable Map<String, ?> details,
            @Nullable String processor,
            boolean backfill) {
        try {
            Details copy = Details.of(details, ERROR_TYPE);
            String type = severity.equals(ERROR) ? copy.text(ERROR_TYPE) : severity;
            Map<String, String> values = Map.of(PROCESSOR, text(processor), ERROR_TYPE, type, MESSAGE, text(message));
            Content content = new Content(text(title), text(message), severity, copy.json());
            return offer(occurrence(values, content, backfill ? BACKFILL : ""), values);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Notified.Unavailable("the thread was interrupted; it may have been decided");
        } catch (TimeoutException e) {
            return new Notified.Unavailable(
                    "no answer within " + PATIENCE.toSeconds() + " s; it may have been decided");
        } catch (ExecutionException e) {
            return new Notified.Unavailable(reason(e.getCause() == null ? e : e.getCause()));
        } catch (RuntimeException | StackOverflowError e) {
            return new Notified.Unavailable(reason(e));
        }
    }

    private Notified offer(Occurrence occurrence, Map<String, String> values)
            throws InterruptedException, ExecutionException, TimeoutException {
        Acceptance answer =
                outbox.accept(occurrence).toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (!(answer instanceof Acceptance.Decided decided)) {
            return new Notified.Unavailable("an occurrence without an id cannot conflict with another");
        }
        log.decided(outbox.plan(occurrence.key()), occurrence, values, decided);
        return new Notified.Decided(
                decided,
                decided.message().map(message -> channels(message.id())).orElse(Map.of()));
    }

    private static Occurrence occurrence(Map<String, String> values, Content content, String variant) {
        String subject = SubjectRecipe.ERRORS.subject(values);
        Key key = Key.of(FLOW, variant, subject);
        String kept = key.subject().equals(subject) ? "" : subject;
        return new Occurrence(key, kept, content, List.of(), Optional.empty(), Event.Settle.LATER);
    }

    /** How the deliveries of a message stand: those under way before those that arrived, these before all others. */
    private Map<String, String> channels(long message) {
        try {
            return read(message);
        } catch (StoreException e) {
            // It is decided all the same.
            return Map.of();
        }
    }

    private Map<String, String> read(long message) {
        Outbox.MessageFilter only = new Outbox.MessageFilter(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(message + 1));
        Map<String, String> channels = new TreeMap<>();
        outbox.messages(only, 1).stream()
                .flatMap(view -> view.deliveries().stream())
                .forEach(delivery -> channels.merge(
                        delivery.channel(),
                        delivery.state(),
                        (one, other) -> DeliveryState.of(one).compareTo(DeliveryState.of(other)) <= 0 ? one : other));
        return Map.copyOf(channels);
    }

    private static String text(@Nullable String text) {
        String given = text == null ? "" : text;
        return given.length() <= MOST_CHARS ? given : given.substring(0, MOST_CHARS) + " [cut]";
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    /** Ends the outbox and the database that {@link #open} made. */
    @Override
    public void close() {
        owned.run();
    }
}
