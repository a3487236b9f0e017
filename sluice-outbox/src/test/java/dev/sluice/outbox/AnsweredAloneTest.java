package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Bucket;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.OutageDoctrine;
import dev.sluice.Rule;
import dev.sluice.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a process answered in place of the store of keys, and what kills and failures leave of it. */
class AnsweredAloneTest extends WithOutbox {
    private static final Duration POST_LEASE = Duration.ofSeconds(10);
    private static final OutageDoctrine.Settings BY_HAND = new OutageDoctrine.Settings(
            100, OutageDoctrine.Passes.LEFT_TO_CALLER, Duration.ofSeconds(1), Duration.ZERO);

    private final Random ids = new Random(11);
    private @Nullable OutageDoctrine doctrine;
    private long writtenBeforeTheEnd;

    @Override
    boolean apart() {
        return true;
    }

    @Override
    GateStore gate() {
        OutageDoctrine own = doctrine();
        return new GateStore(own, gateStore()::books, new GateStore.Absence() {
            @Override
            public boolean lasts() {
                return own.outage().isPresent();
            }

            @Override
            public boolean isWhole() {
                return lasts();
            }

            @Override
            public boolean covers(Key key) {
                return lasts();
            }

            @Override
            public List<Command> takeOwed(int most) {
                return own.takeOwed(most);
            }

            @Override
            public List<Command> takeSent(int most) {
                return own.takeSent(most);
            }

            @Override
            public void end() {
                writtenBeforeTheEnd = posts();
                own.finish();
            }
        });
    }

    private long posts() {
        return store().query(
                        connection -> Rows.list(connection, "select count(*) from sluice_post", row -> row.getLong(1)))
                .get(0);
    }

    private OutageDoctrine doctrine() {
        if (doctrine == null) {
            doctrine = OutageDoctrine.around(gateStore(), BY_HAND, clock, ids);
        }
        return doctrine;
    }

    @BeforeEach
    void errors() {
        flow("errors", Rule.allow("2 per 1h").build());
        doctrine = null;
    }

    private void away() {
        send("errors", "first");
        gateStore().away(true);
        offer("errors", "finds out");
        look();
        assertThat(doctrine().outage()).isPresent();
    }

    private void look() {
        doctrine().look();
    }

    private void held(int times) {
        for (int i = 0; i < times; i++) {
            offer("errors", "more " + i);
        }
    }

    private long held() {
        return books("errors", Bucket.HELD);
    }

    private long reports() {
        return store().query(connection -> Rows.list(
                        connection,
                        "select count(*) from sluice_post where event not like 'report % 1 0 %'",
                        row -> row.getLong(1)))
                .get(0);
    }

    private void back() {
        gateStore().away(false);
        clock.advance(Duration.ofSeconds(6));
        look();
        assertThat(doctrine().outage()).isEmpty();
    }

    @Test
    void whatWasHeldIsCountedThoughTheProcessWasKilledBeforeTheStoreWasBack() {
        away();
        held(1);
        held(3);
        pass(Duration.ofSeconds(1));
        assertThat(reports()).isEqualTo(1);

        doctrine = null;
        restart();
        gateStore().away(false);
        pass(POST_LEASE);
        assertThat(books("errors", Bucket.IN)).isEqualTo(6);
        assertThat(held()).isEqualTo(3);
    }

    @Test
    void whatWasHeldIsOnePostOfAKeyThatGrowsAndIsTakenAsSoonAsTheStoreIsBack() {
        away();
        held(3);
        pass(Duration.ofSeconds(1));
        held(2);
        pass(Duration.ofSeconds(1));
        assertThat(reports()).isEqualTo(1);

        back();
        outbox().tick();
        assertThat(reports()).isZero();
        assertThat(held()).isEqualTo(4);
        assertThat(books("errors", Bucket.IN)).isEqualTo(7);
    }

    @Test
    void whatWasHeldIsCountedOnceThoughSomebodyTookItsPostOverMeanwhile() {
        away();
        held(3);
        pass(Duration.ofSeconds(1));
        pass(POST_LEASE.plusSeconds(1));
        held(2);
        pass(Duration.ofSeconds(1));
        assertThat(reports()).isEqualTo(2);

        back();
        outbox().tick();
        pass(POST_LEASE);
        assertThat(reports()).isZero();
        assertThat(held()).isEqualTo(4);
        assertThat(books("errors", Bucket.IN)).isEqualTo(7);
    }

    @Test
    void whatWasHeldIsWrittenDownWhenTheProcessEndsInGoodOrder() {
        away();
        held(3);
        pass(Duration.ofSeconds(1));
        held(2);
        outbox().close();
        doctrine = null;
        restart();
        gateStore().away(false);
        pass(POST_LEASE);
        assertThat(held()).isEqualTo(4);
        assertThat(books("errors", Bucket.IN)).isEqualTo(7);
    }

    /** Nobody found yet that the store is away; what it counted of these is not known. */
    @Test
    void whatWasHeldWithoutAnAnswerIsWrittenDownWhenTheProcessEndsInGoodOrder() {
        gateStore()
                .faults(command ->
                        command.event() instanceof Event.Offer ? FaultyGate.Fault.BEFORE : FaultyGate.Fault.NONE);
        held(6);
        assertThat(doctrine().outage()).isEmpty();
        gateStore().away(true);
        outbox().close();
        doctrine = null;
        restart();
        gateStore().faults(command -> FaultyGate.Fault.NONE);
        gateStore().away(false);
        pass(Duration.ofSeconds(1));
        assertThat(held()).isEqualTo(4);
        assertThat(books("errors", Bucket.IN)).isEqualTo(6);
    }

    /** Passed while the reply of the store was lost, and stored by nobody because the database failed as well. */
    @Test
    void whatPassedIsSentThoughItWasStoredOnlyWhenItsCallCameAgain() {
        gateStore()
                .faults(command ->
                        command.event() instanceof Event.Offer ? FaultyGate.Fault.AFTER : FaultyGate.Fault.NONE);
        crashes = point -> {
            if (point == CrashPoints.Point.ACCEPT_BEFORE_COMMIT) {
                throw new StoreException("the database does not answer");
            }
        };
        assertThatThrownBy(() -> ask("one")).hasCauseInstanceOf(StoreException.class);
        gateStore().faults(command -> FaultyGate.Fault.NONE);
        look();
        crashes = CrashPoints.NONE;
        restart();

        Acceptance.Decided answer = ask("one");
        assertThat(answer.word()).isEqualTo("pass");
        assertThat(answer.message()).isPresent();
        pass(POST_LEASE);
        assertThat(mail().delivered()).hasSize(1);
        assertThat(books("errors", Bucket.IN)).isEqualTo(1);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
    }

    private Acceptance.Decided ask(String id) {
        Optional<Occurrence.Request> request = Optional.of(new Occurrence.Request(id, "hash"));
        return (Acceptance.Decided) join(outbox().accept(occurrence(Key.of("errors", "subject"), id, request)));
    }

    @Test
    void anOrderlyEndWritesWhatItHeldBeforeItWaitsForTheStore() {
        away();
        for (int i = 0; i < 5; i++) {
            offer("errors", "held " + i);
        }
        long before = posts();
        outbox().stop(Duration.ZERO);
        assertThat(writtenBeforeTheEnd).isGreaterThan(before);

        gateStore().away(false);
        doctrine = null;
        restart();
        clock.advance(POST_LEASE);
        look();
    }
}
