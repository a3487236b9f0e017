package dev.sluice.server.scan;

import dev.sluice.Key;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.LastLook;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.WriteBack;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.StoreUrl;
import dev.sluice.server.config.WriteBackConfig;
import dev.sluice.server.mail.Audience;
import dev.sluice.sql.UserDatabase;
import dev.sluice.sql.UserWriter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The scans of all flows. Safe for use by many threads. */
public final class Scans implements AutoCloseable {
    /** One that scans, and those that look once more before they send. */
    private static final int CONNECTIONS = 4;

    private static final String GONE = "it is no candidate any more";
    private static final String CHANGED = "its content has changed";

    private final Holds holds;
    private final Map<String, One> scans = new LinkedHashMap<>();

    /** What belongs to one flow. */
    private record One(UserDatabase database, ScanQuery query, Scanner scanner, Optional<Log> log) {}

    /** Where what becomes of messages is written. */
    private record Log(WriteBackConfig config, UserWriter database) {}

    /**
     * Makes ready to scan; connects to nothing yet.
     *
     * @param holds what an operator keeps back
     * @param clock by which scans are due
     */
    public Scans(Iterable<FlowConfig> flows, Holds holds, InstantSource clock) {
        this.holds = holds;
        for (FlowConfig flow : flows) {
            flow.scan().ifPresent(scan -> {
                UserDatabase database = UserDatabase.of(
                        url(scan.database().url()), CONNECTIONS, scan.database().timeout());
                ScanQuery query = new ScanQuery(scan, database);
                scans.put(
                        flow.name(),
                        new One(
                                database,
                                query,
                                new Scanner(flow.name(), scan, query, holds, clock),
                                scan.writeBack().map(Scans::log)));
            });
        }
    }

    private static Log log(WriteBackConfig config) {
        return new Log(
                config,
                UserWriter.of(url(config.database().url()), config.database().timeout()));
    }

    private static String url(StoreUrl url) {
        return url instanceof StoreUrl.Shared shared ? shared.reveal() : url.toString();
    }

    /** Says what the scans of this process come to. */
    public void measure(MeterRegistry registry) {
        scans.forEach((flow, one) -> one.scanner.meters().measure(registry, flow));
    }

    /** The flows that scan. */
    public List<String> flows() {
        return List.copyOf(scans.keySet());
    }

    /**
     * Scans for a flow if it is time to; waits until that is done.
     *
     * @param accept decides an occurrence
     * @param now the clock of the keys, in microseconds
     * @return whether it did
     */
    public boolean runIfDue(String flow, Function<Occurrence, CompletionStage<Acceptance>> accept, LongSupplier now) {
        return Optional.ofNullable(scans.get(flow))
                .map(one -> one.scanner.runIfDue(accept, now))
                .orElse(false);
    }

    /** What the last scan of this process found; empty if this process did not scan. */
    public Optional<ScanReport> last(String flow) {
        return Optional.ofNullable(scans.get(flow)).flatMap(one -> one.scanner.last());
    }

    /** Candidates that the last scans of this process read and that did not go out, behind a user, in the order of users. */
    public List<Sighting> sightings(String flow, String after) {
        return Optional.ofNullable(scans.get(flow))
                .map(one -> one.scanner.sightings().after(after))
                .orElse(List.of());
    }

    /** What the last scans of this process left of a user; empty if it has no candidate, or it went out. */
    public Optional<Sighting> sighting(String flow, String user) {
        return Optional.ofNullable(scans.get(flow))
                .flatMap(one -> one.scanner.sightings().of(user));
    }

    /** What an operator keeps back. */
    public Holds holds() {
        return holds;
    }

    /** What the database says of a candidate now. */
    public sealed interface Read {
        /** It is one, and can be offered. */
        record Offerable(Occurrence occurrence) implements Read {}

        /** It is none, and why. */
        record Gone(String why) implements Read {}
    }

    /**
     * Reads a candidate anew; waits for the database.
     *
     * @param subject of its key in full
     * @throws dev.sluice.StoreException if the database does not answer
     * @throws IllegalArgumentException if the flow scans nothing
     */
    public Read read(String flow, String subject) {
        ScanQuery query = query(flow);
        String user = Audience.user(subject);
        List<Read> found = new ArrayList<>();
        query.one(user, new ScanQuery.Sink() {
            @Override
            public void row() {}

            @Override
            public void candidate(Candidate candidate) {
                found.add(
                        candidate.subject().equals(subject)
                                ? new Read.Offerable(candidate.occurrence(flow))
                                : new Read.Gone(CHANGED));
            }

            @Override
            public void bad(String of, String why) {
                found.add(new Read.Gone(why));
            }
        });
        return found.isEmpty() ? new Read.Gone(query.gone(user).orElse(GONE)) : found.get(0);
    }

    /** A candidate of this user went out, or is kept back: what the last scan said of it is over. */
    public void settled(String flow, String user) {
        Optional.ofNullable(scans.get(flow)).ifPresent(one -> {
            one.scanner.sightings().remove(user);
            one.scanner.wake(user);
        });
    }

    /**
     * Somebody armed a key: its candidate is offered at the next scan.
     *
     * @param subject the subject of the key in full
     */
    public void wake(Key key, String subject) {
        Optional.ofNullable(scans.get(key.flow())).ifPresent(one -> one.scanner.wake(Audience.user(subject)));
    }

    /**
     * Looks before each attempt whether the candidate of a message is still one, with the same content and address.
     *
     * @param text the subject of a key in full
     */
    public LastLook lastLook(String flow, Function<Key, String> text) {
        ScanQuery query = query(flow);
        return asked -> {
            Optional<Holds.Hold> hold = holds.of(flow, asked.key().subject());
            return hold.isPresent()
                    ? new LastLook.Answer.Withdraw(hold.get().why())
                    : look(query, text.apply(asked.key()), asked);
        };
    }

    private ScanQuery query(String flow) {
        return Optional.ofNullable(scans.get(flow))
                .map(One::query)
                .orElseThrow(() -> new IllegalArgumentException("the flow '" + flow + "' scans nothing"));
    }

    /**
     * Where what becomes of the messages of a flow is written; empty if that is nowhere.
     *
     * @param text the subject of a key in full
     */
    public Optional<WriteBack> writeBack(String flow, Function<Key, String> text) {
        return Optional.ofNullable(scans.get(flow))
                .flatMap(One::log)
                .map(log -> new LogWriting(log.config(), log.database(), text));
    }

    /** @throws IllegalStateException if what is read now is no candidate: nobody knows then whether it is to go out */
    private static LastLook.Answer look(ScanQuery query, String subject, LastLook.Asked asked) {
        String user = Audience.user(subject);
        List<Candidate> found = new ArrayList<>();
        query.one(user, new ScanQuery.Sink() {
            @Override
            public void row() {
                // Scans are counted, looks are not.
            }

            @Override
            public void candidate(Candidate candidate) {
                found.add(candidate);
            }

            @Override
            public void bad(String of, String why) {
                throw new IllegalStateException(why);
            }
        });
        if (found.isEmpty()) {
            return new LastLook.Answer.Withdraw(query.gone(user).orElse(GONE));
        }
        Candidate candidate = found.get(0);
        if (!candidate.content().equals(Candidate.content(subject))) {
            return new LastLook.Answer.Withdraw(CHANGED);
        }
        boolean moved =
                candidate.address().filter(it -> !it.equals(asked.recipient())).isPresent();
        return moved
                ? new LastLook.Answer.Withdraw("its address has changed")
                : new LastLook.Answer.Send(candidate.address().stream().toList());
    }

    /** Closes the databases. */
    @Override
    public void close() {
        scans.values().forEach(one -> {
            one.database.close();
            one.log.ifPresent(log -> log.database().close());
        });
    }
}
