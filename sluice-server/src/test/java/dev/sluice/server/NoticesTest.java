package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.outbox.Channel;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.OnFailure;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.channel.Rendering;
import dev.sluice.server.config.OperatorConfig;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator is told of, in virtual time. */
class NoticesTest {
    private static final Duration GIVE_UP = Duration.ofHours(4);
    private static final OnFailure PATIENT =
            new OnFailure(Duration.ofMinutes(1), 2, Duration.ofHours(1), 0, OnFailure.From.FAILURE, 1000, GIVE_UP);

    @TempDir
    Path directory;

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;
    private final List<Message> told = new ArrayList<>();
    private SqlStore store;
    private Outbox outbox;
    private Notices notices;

    @BeforeEach
    void open() {
        Rule rule = Rule.allow("once per 1h").build();
        List<FlowPlan> flows = List.of(
                new FlowPlan("slow", Map.of("", rule), List.of("slow"), PATIENT),
                new FlowPlan("quick", Map.of("", rule), List.of("quick"), PATIENT),
                Notices.plan(new OperatorConfig(
                        List.of("operator"), Rule.allow("10 per 1h").build())));
        Map<String, Channel> channels = Map.of(
                "slow", outgoing -> new Receipt.Refused("451 later", false),
                "quick", outgoing -> new Receipt.Refused("550 never", true),
                "operator",
                        outgoing -> {
                            told.add(outgoing.message());
                            return new Receipt.Accepted("250 ok");
                        });
        store = SqlStore.sqlite(directory.resolve("sluice.db"), SqliteSettings.STANDARD, clock);
        outbox = new Outbox(
                store,
                flows,
                channels,
                new Outbox.Settings(Duration.ofSeconds(30), 1, Duration.ZERO, Duration.ofDays(30)),
                new Random(7));
        DatabaseLookout database = new DatabaseLookout("sqlite:", store::probe, clock, new LogLines());
        notices = new Notices(outbox, clock, database, List.of());
    }

    @AfterEach
    void close() {
        outbox.close();
        store.close();
    }

    @Test
    void anOldMessageThatIsGivenUpBehindManyNewerOnesIsTold() {
        send("slow", "old");
        for (int i = 0; i < 25; i++) {
            send("quick", "subject " + i);
        }
        lookAndDeliver();
        assertThat(told).hasSize(10).allMatch(message -> title(message).contains("flow quick"));

        told.clear();
        now = now.plus(GIVE_UP);
        outbox.tick();
        lookAndDeliver();
        assertThat(told)
                .extracting(NoticesTest::title)
                .contains("[SLUICE] Message 1 of flow slow could not be delivered");
    }

    @Test
    void whatIsGivenUpAfterTheClockWasSetBackIsTold() {
        send("quick", "one");
        lookAndDeliver();
        now = now.minusSeconds(200);
        send("quick", "two");
        lookAndDeliver();

        assertThat(told).extracting(Message::kind).containsExactly(Message.Kind.NOTICE, Message.Kind.NOTICE);
    }

    private static String title(Message message) {
        return new Rendering(Optional.empty()).title(message);
    }

    private void send(String flow, String subject) {
        Content content = new Content("title", "message", "error", "{}");
        Occurrence occurrence =
                new Occurrence(Key.of(flow, subject), "", content, List.of(), Optional.empty(), Event.Settle.LATER);
        outbox.accept(occurrence).toCompletableFuture().join();
        outbox.tick();
    }

    private void lookAndDeliver() {
        notices.look();
        outbox.tick();
    }
}
