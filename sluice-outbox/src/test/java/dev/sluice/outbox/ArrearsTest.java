package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Bucket;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.StoreException;
import dev.sluice.sql.Work;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** This process cannot reach the store of keys, others can; and the database may commit without saying so. */
class ArrearsTest extends WithOutbox {
    private static final Rule RULE = Rule.allow("2 per 1h").build();
    private static final Duration A_LOOK = Duration.ofMillis(600);
    private static final Duration POST_LEASE = Duration.ofSeconds(10);

    private final Queue<Command> owed = new ArrayDeque<>();
    private final Set<String> reached = new HashSet<>();
    private boolean away = true;
    private boolean answersAreLost;
    private long id;

    @Override
    boolean apart() {
        return true;
    }

    @BeforeEach
    void errors() {
        flow("errors", RULE);
        outbox();
    }

    private Arrears arrears(Postman postman) {
        return new Arrears(this::commit, store()::now, new Absent(), postman);
    }

    private Postman postman() {
        Plans plans = new Plans(flows, channels.keySet(), settings.attemptLease());
        return new Postman(store(), gateStore(), plans, new BookKeeping(0), CrashPoints.NONE, new Absent());
    }

    private Arrears.Written commit(Work<Arrears.Written> work) {
        Arrears.Written written = join(store().transactAhead(work));
        if (answersAreLost) {
            throw new StoreException("the database did not answer in time");
        }
        return written;
    }

    private final class Absent implements GateStore.Absence {
        @Override
        public boolean lasts() {
            return away;
        }

        @Override
        public boolean isWhole() {
            return away && reached.isEmpty();
        }

        @Override
        public boolean covers(Key key) {
            return away && !reached.contains(key.subject());
        }

        @Override
        public List<Command> takeOwed(int most) {
            return Stream.generate(owed::poll)
                    .limit(Math.min(most, owed.size()))
                    .toList();
        }

        @Override
        public List<Command> takeSent(int most) {
            return List.of();
        }

        @Override
        public void end() {}
    }

    private void held(String subject, long times) {
        id++;
        long now = store().now();
        owed.add(new Command(Key.of("errors", subject), RULE, Event.Report.held(id, times, now, now)));
    }

    private static void takeOver(Postman postman) {
        postman.clear();
        postman.await();
    }

    @Test
    void whatCameBehindAPostThatMayBeThereTwiceIsCountedThoughOthersTookTheFirstOne() {
        Postman postman = postman();
        Arrears arrears = arrears(postman);
        held("one", 5);
        answersAreLost = true;
        assertThatThrownBy(arrears::keep).isInstanceOf(StoreException.class);
        answersAreLost = false;
        clock.advance(A_LOOK);
        arrears.keep();
        clock.advance(POST_LEASE.minus(A_LOOK));
        held("one", 3);
        arrears.keep();
        takeOver(postman);

        away = false;
        arrears.keep();
        clock.advance(POST_LEASE);
        takeOver(postman);
        assertThat(books("errors", Bucket.HELD)).isEqualTo(8);
    }

    @Test
    void whatLiesWhereTheStoreIsBackIsTakenThoughAnotherPartIsStillAway() {
        Postman postman = postman();
        Arrears arrears = arrears(postman);
        held("one", 5);
        held("two", 3);
        arrears.keep();
        reached.add("one");
        clock.advance(A_LOOK);
        arrears.keep();
        postman.await();
        assertThat(books("errors", Bucket.HELD)).isEqualTo(5);
        assertThat(arrears.remembered()).isEqualTo(1);

        away = false;
        clock.advance(A_LOOK);
        arrears.keep();
        postman.await();
        assertThat(books("errors", Bucket.HELD)).isEqualTo(8);
    }

    @Test
    void whatWaitsForAPartThatIsAwayKeepsNothingFromBeingTakenElsewhere() {
        Postman writer = postman();
        Arrears arrears = arrears(writer);
        held("one", 5);
        held("two", 3);
        arrears.keep();
        reached.add("two");
        clock.advance(POST_LEASE);
        takeOver(postman());
        assertThat(books("errors", Bucket.HELD)).isEqualTo(3);
        assertThat(dues()).as("it waits for a lease more").containsExactly(store().now() + Posts.LEASE);
    }

    @Test
    void whatIsReachedIsTakenThoughMoreThanABatchThatIsNotStandsBeforeIt() {
        Arrears arrears = arrears(postman());
        for (int i = 0; i < 300; i++) {
            held("away " + i, 1);
        }
        arrears.keep();
        held("reached", 5);
        clock.advance(A_LOOK);
        arrears.keep();
        reached.add("reached");
        clock.advance(POST_LEASE);
        takeOver(postman());
        assertThat(books("errors", Bucket.HELD)).isEqualTo(5);
    }

    @Test
    void atAnEndWhatIsHeldIsWrittenBeforeAnythingIsWaitedFor() {
        Arrears arrears = arrears(postman());
        held("one", 5);
        arrears.ending();
        assertThat(dues()).as("others may take it at once").containsExactly(store().now());
    }

    @Test
    void whileAllOfTheStoreIsAwayNoPostIsTouched() {
        Arrears arrears = arrears(postman());
        held("one", 5);
        arrears.keep();
        List<Long> before = dues();
        clock.advance(POST_LEASE.plusSeconds(5));
        takeOver(postman());
        assertThat(dues()).isEqualTo(before);

        away = false;
        takeOver(postman());
        assertThat(books("errors", Bucket.HELD)).isEqualTo(5);
    }

    private List<Long> dues() {
        return store().query(connection ->
                Rows.list(connection, "select due_at from sluice_post order by id", row -> row.getLong(1)));
    }

    @Test
    void noMoreIsRememberedThanWhatWasHeldWithinOneLease() {
        Arrears arrears = arrears(postman());
        for (int i = 0; i < 100; i++) {
            held("subject " + i, 1);
            arrears.keep();
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(arrears.remembered()).isBetween(1, 11);
        away = false;
        arrears.keep();
        Postman others = postman();
        takeOver(others);
        assertThat(books("errors", Bucket.HELD)).isEqualTo(100);
    }
}
