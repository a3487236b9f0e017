package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Answer;
import dev.sluice.Bucket;
import dev.sluice.Command;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Ids;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Rule;
import dev.sluice.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys are decided by a store beside the database, which fails before or after it does something, or is away. */
class AwayTest extends WithOutbox {
    private static final Duration POST_LEASE = Duration.ofSeconds(10);
    private static final Key KEY = Key.of("errors", "subject");

    @Override
    boolean apart() {
        return true;
    }

    @BeforeEach
    void errors() {
        flow("errors", Rule.allow("2 per 1h").build());
        flow("jobs", Rule.allow("once per 1h").build(), EXACT);
    }

    private void failOnce(FaultyGate.Fault fault, Class<? extends Event> kind) {
        boolean[] failed = new boolean[1];
        gateStore().faults(command -> {
            if (!failed[0] && kind.isInstance(command.event())) {
                failed[0] = true;
                return fault;
            }
            return FaultyGate.Fault.NONE;
        });
    }

    private void isRefused(String title, String id) {
        assertThatThrownBy(() -> join(outbox().accept(named(title, id))))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StoreException.class);
    }

    private static Occurrence named(String title, String id) {
        return occurrence(KEY, title, Optional.of(new Occurrence.Request(id, "hash")));
    }

    private long posts() {
        return store().query(
                        connection -> Rows.list(connection, "select count(*) from sluice_post", row -> row.getLong(1)))
                .get(0);
    }

    @Test
    void aPostThatCannotBeReadKeepsNoOtherWorkFromBeingDone() {
        failOnce(FaultyGate.Fault.BEFORE, Event.Complete.class);
        for (int i = 0; i < 3; i++) {
            send("errors", "error " + i);
        }
        String sql = "insert into sluice_post (key_text, event, message_id, prepared, due_at) values (?, ?, 0, 0, 0)";
        join(store().transactAhead(unit -> Rows.update(unit, sql, KEY.text(), "complete 7")
                + Rows.update(unit, sql, "no key", "told 1")
                + Rows.update(unit, sql, KEY.text(), "explode 1 2")));
        pass(POST_LEASE);
        pass(Duration.ofHours(1));
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(2);
        assertThat(mail().delivered()).as("two errors, and what was held").hasSize(3);
        assertThat(posts()).as("what cannot be read stays").isEqualTo(3);
    }

    private void without(String flow) {
        close();
        flows.removeIf(plan -> plan.name().equals(flow));
        outbox();
    }

    private long parked() {
        String sql = "select count(*) from sluice_post where due_at = " + Long.MAX_VALUE;
        return store().query(connection -> Rows.list(connection, sql, row -> row.getLong(1)))
                .get(0);
    }

    @Test
    void stepsOfAFlowThatLeftTheConfigurationAreSetAsideAndTakenWhenItIsBack() {
        failOnce(FaultyGate.Fault.BEFORE, Event.Complete.class);
        send("errors", "error");
        without("errors");
        pass(POST_LEASE);
        assertThat(parked()).isEqualTo(1);
        pass(POST_LEASE);
        assertThat(parked()).as("not looked at again and again").isEqualTo(1);

        flow("errors", Rule.allow("2 per 1h").build());
        restart();
        outbox().tick();
        assertThat(posts()).isZero();
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
    }

    @Test
    void serversThatKnowAFlowTakeWithinTenMinutesWhatOthersSetAside() {
        failOnce(FaultyGate.Fault.BEFORE, Event.Complete.class);
        send("errors", "error");
        pass(Duration.ofSeconds(1));
        join(store().transactAhead(unit -> Rows.update(unit, "update sluice_post set due_at = " + Long.MAX_VALUE)));
        pass(POST_LEASE);
        assertThat(posts()).isEqualTo(1);
        pass(Duration.ofMinutes(10));
        assertThat(posts()).isZero();
    }

    @Test
    void aPreparedMessageOfAFlowThatLeftTheConfigurationIsDropped() {
        failOnce(FaultyGate.Fault.BEFORE, Event.Extend.class);
        isRefused("error", "one");
        without("errors");
        pass(POST_LEASE);
        assertThat(messages()).isEmpty();
        assertThat(posts()).isZero();
    }

    @Test
    void whatAnOutageLeftIsTakenInOneGoHoweverMuchThatIs() {
        outbox().tick();
        String sql = "insert into sluice_post (key_text, event, message_id, prepared, due_at) values (?, ?, 0, 0, 0)";
        join(store().transactAhead(unit -> {
            for (int i = 0; i < 1_000; i++) {
                Rows.update(unit, sql, Key.of("errors", "subject " + i).text(), "told 1");
            }
            return 1;
        }));
        Plans plans = new Plans(flows, channels.keySet(), settings.attemptLease());
        Postman postman = new Postman(
                store(), gateStore(), plans, new BookKeeping(0), CrashPoints.NONE, GateStore.Absence.UNANSWERED);
        assertThat(postman.clear()).isEqualTo(1_000);
        postman.await();
        assertThat(posts()).isZero();
    }

    @Test
    void whatIsMerelyHeldCostsNoCommit() {
        for (int i = 0; i < 3; i++) {
            send("errors", "error " + i);
        }
        pass(Duration.ofSeconds(30));
        Progress before = outbox().progress();
        for (int i = 3; i < 9; i++) {
            assertThat(offer("errors", "error " + i).word()).isEqualTo("suppress");
        }
        assertThat(outbox().progress()).isEqualTo(before);
        assertThat(books("errors", Bucket.HELD)).isEqualTo(7);
    }

    @Test
    void anOfferThatDoesNotArriveIsRefusedAndLeavesNothing() {
        failOnce(FaultyGate.Fault.BEFORE, Event.Offer.class);
        isRefused("error", "one");
        assertThat(messages()).isEmpty();
        assertThat(books("errors", Bucket.IN)).isZero();
        assertThat(((Acceptance.Decided) join(outbox().accept(named("error", "one")))).word())
                .isEqualTo("pass");
    }

    @Test
    void anOfferWhoseReplyIsLostHasTheSameClaimWhenItComesAgain() {
        failOnce(FaultyGate.Fault.AFTER, Event.Offer.class);
        isRefused("error", "one");
        assertThat(((Acceptance.Decided) join(outbox().accept(named("error", "one")))).word())
                .isEqualTo("pass");
        pass(Duration.ofSeconds(1));
        assertThat(mail().delivered()).hasSize(1);
        assertThat(books("errors", Bucket.IN)).isEqualTo(1);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
    }

    @Test
    void aClaimOfWhichNobodyKnowsFreesItsSlotAfterOneLease() {
        failOnce(FaultyGate.Fault.AFTER, Event.Offer.class);
        isRefused("error", "lost");
        assertThat(send("errors", "second").word()).isEqualTo("pass");
        assertThat(send("errors", "third").word()).isEqualTo("suppress");
        pass(Duration.ofSeconds(30));
        assertThat(send("errors", "fourth").word()).isEqualTo("pass");
    }

    @Test
    void aClaimThatWasLostWithoutAMessageIsOfferedAnewUnderTheSameId() {
        failOnce(FaultyGate.Fault.AFTER, Event.Offer.class);
        isRefused("error", "one");
        pass(Duration.ofSeconds(31));
        assertThat(((Acceptance.Decided) join(outbox().accept(named("error", "one")))).message())
                .isPresent();
        pass(Duration.ofSeconds(1));
        assertThat(mail().delivered()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE", "AFTER"})
    void aMessageWhoseClaimIsNotExtendedIsNotDeliveredAndItsSlotComesBack(FaultyGate.Fault fault) {
        failOnce(fault, Event.Extend.class);
        isRefused("error", "one");
        assertThat(messages()).extracting(MessageView::state).containsExactly(MessageState.PREPARED);
        outbox().tick();
        assertThat(mail().attempts()).isEmpty();

        pass(POST_LEASE);
        assertThat(messages()).isEmpty();
        assertThat(books("errors", Bucket.WITHDRAWN)).isEqualTo(1);
        assertThat(books("errors", Bucket.PENDING)).isZero();
        assertThat(posts()).isZero();

        assertThat(((Acceptance.Decided) join(outbox().accept(named("error", "one")))).message())
                .isPresent();
        pass(Duration.ofSeconds(1));
        assertThat(mail().delivered()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE", "AFTER"})
    void whoAsksAgainBeforeThatGetsThePreparedMessage(FaultyGate.Fault fault) {
        failOnce(fault, Event.Extend.class);
        isRefused("error", "one");
        Acceptance.Decided again = (Acceptance.Decided) join(outbox().accept(named("error", "one")));
        assertThat(state(again)).isEqualTo(MessageState.PENDING);
        pass(POST_LEASE);
        assertThat(mail().delivered()).hasSize(1);
        assertThat(books("errors", Bucket.IN)).isEqualTo(1);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
        assertThat(posts()).isZero();
    }

    @Test
    void aClaimThatIsStillToBeReleasedCarriesNoOtherMessage() {
        gateStore()
                .faults(command -> command.event() instanceof Event.Extend || command.event() instanceof Event.Release
                        ? FaultyGate.Fault.BEFORE
                        : FaultyGate.Fault.NONE);
        isRefused("error", "one");
        pass(POST_LEASE);
        assertThat(messages()).isEmpty();
        gateStore().faults(command -> FaultyGate.Fault.NONE);

        isRefused("error", "one");
        pass(POST_LEASE);
        assertThat(((Acceptance.Decided) join(outbox().accept(named("error", "one")))).message())
                .isPresent();
        pass(Duration.ofSeconds(1));
        assertThat(mail().delivered()).hasSize(1);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
        assertThat(posts()).isZero();
    }

    @Test
    void aClaimThatEndedBeforeItsMessageWasStoredIsRefused() {
        gateStore().faults(command -> {
            if (command.event() instanceof Event.Extend) {
                clock.advance(Duration.ofSeconds(31));
            }
            return FaultyGate.Fault.NONE;
        });
        isRefused("error", "one");
        gateStore().faults(command -> FaultyGate.Fault.NONE);
        assertThat(messages()).isEmpty();
        assertThat(posts()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE", "AFTER"})
    void aDeliveryThatTheStoreOfKeysDoesNotHearOfIsSettledLater(FaultyGate.Fault fault) {
        failOnce(fault, Event.Complete.class);
        Acceptance.Decided answer = send("errors", "error");
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(posts()).isEqualTo(1);
        pass(POST_LEASE);
        assertThat(posts()).isZero();
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
        assertThat(books("errors", Bucket.PENDING)).isZero();
        assertThat(mail().delivered()).hasSize(1);
    }

    @Test
    void whileTheStoreOfKeysIsAwayDeliveriesGoOnAndOccurrencesAreRefused() {
        mail().next(2, new Receipt.Refused("451 later", false));
        Acceptance.Decided first = offer("errors", "first");
        Acceptance.Decided second = offer("errors", "second");
        gateStore().away(true);
        isRefused("third", "three");
        pass(Duration.ofSeconds(30), Duration.ofSeconds(5));

        assertThat(List.of(state(first), state(second))).containsOnly(MessageState.DELIVERED);
        assertThat(posts()).isEqualTo(2);

        gateStore().away(false);
        pass(POST_LEASE);
        assertThat(posts()).isZero();
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(2);
        assertThat(send("errors", "fourth").reason()).isEqualTo("limit");
    }

    @Test
    void theBooksAreShownAsTheyWereCopiedWhileTheStoreOfKeysIsAway() {
        send("errors", "error");
        pass(Duration.ofSeconds(10));
        gateStore().away(true);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
        gateStore().away(false);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
    }

    @Test
    void picturesOverTimeShowWhatTheStoreOfKeysCounted() {
        for (int i = 0; i < 5; i++) {
            send("errors", "error " + i);
        }
        pass(Duration.ofSeconds(10));
        TimeGrid grid = new TimeGrid(START, Duration.ofMinutes(1), 2);
        assertThat(outbox().moved("errors", grid).get(0).get(Bucket.DELIVERED)).isEqualTo(2);
        assertThat(outbox().moved("errors", grid).get(0).get(Bucket.HELD)).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE", "AFTER"})
    void aTallyIsToldOnceWhateverTheStoreOfKeysHearsOfIt(FaultyGate.Fault fault) {
        for (int i = 0; i < 5; i++) {
            send("errors", "error " + i);
        }
        failOnce(fault, Event.Told.class);
        pass(Duration.ofHours(1));
        pass(POST_LEASE);
        pass(POST_LEASE);
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(3);
        assertThat(books("errors", Bucket.OWED)).isZero();
        assertThat(posts()).isZero();
    }

    @Test
    void twoPassesInARowDoNotTellTheSameTallyTwice() {
        flow("pairs", Rule.allow("2 per 1h").digest(Digest.WITH_NEXT).build());
        for (int i = 0; i < 5; i++) {
            send("pairs", "error " + i);
        }
        clock.advance(Duration.ofHours(1));
        gateStore()
                .faults(command ->
                        command.event() instanceof Event.Told ? FaultyGate.Fault.BEFORE : FaultyGate.Fault.NONE);
        long first = view(send("pairs", "fifth")).message().tally().held();
        long second = view(send("pairs", "sixth")).message().tally().held();
        gateStore().faults(command -> FaultyGate.Fault.NONE);
        pass(POST_LEASE);

        assertThat(List.of(first, second)).containsExactly(3L, 0L);
        assertThat(books("pairs", Bucket.REPORTED)).isEqualTo(3);
        assertThat(books("pairs", Bucket.OWED)).isZero();
    }

    @Test
    void whatIsKeptBesideAKeyGoesWhenItsStoreHasForgottenIt() {
        String longSubject = "x".repeat(300);
        Key key = Key.of("jobs", longSubject);
        Content content = new Content("title", "text", "error", "{}");
        join(outbox().accept(new Occurrence(key, longSubject, content, List.of(), Optional.empty(), Event.Settle.NOW)));
        assertThat(outbox().subjectText(key)).isEqualTo(longSubject);
        pass(Duration.ofHours(2));
        pass(Duration.ofSeconds(1));
        assertThat(outbox().subjectText(key)).isEqualTo(key.subject());
    }

    /** Its process let it pass, and completed the claim that came late; its message was never stored. */
    @Test
    void anIdThatWasCountedAndHasNoMessageIsOfferedAnewAndNotAnsweredAsSent() {
        Rule rule = Rule.allow("2 per 1h").build();
        Event.Offer offer = new Event.Offer(Ids.number("one"), 7, OptionalDouble.empty(), Event.Settle.LATER);
        Answer.Granted granted = (Answer.Granted)
                join(gateStore().apply(new Command(KEY, rule, offer))).answer();
        join(gateStore()
                .apply(new Command(KEY, rule, new Event.Complete(granted.claim().fence(), 7))));

        Acceptance.Decided again = (Acceptance.Decided) join(outbox().accept(named("error", "one")));
        assertThat(again.word()).isEqualTo("pass");
        assertThat(again.message()).isPresent();
        outbox().tick();
        assertThat(mail().delivered()).hasSize(1);
        assertThat(send("errors", "third").word()).as("both count").isEqualTo("suppress");
    }

    /** One server waits for its claim to be extended, while another one passes the same call by itself. */
    @Test
    void aCallThatPassedElsewhereWithoutTheStoreLeavesOneMessageAndCountsOnce() {
        gateStore().hold(command -> command.event() instanceof Event.Extend);
        CompletionStage<Acceptance> waits = outbox().accept(named("error", "one"));
        Awaitility.await().until(() -> gateStore().holds());
        gateStore().elsewhere(true);
        Acceptance.Decided local = (Acceptance.Decided) join(outbox().accept(named("error", "one")));
        assertThat(local.reason()).isEqualTo("local");
        gateStore().elsewhere(false);
        gateStore().letGo();
        assertThat(((Acceptance.Decided) join(waits)).message()).isEqualTo(local.message());
        pass(POST_LEASE);
        pass(POST_LEASE);

        assertThat(messages()).hasSize(1);
        assertThat(mail().delivered()).hasSize(1);
        assertThat(posts()).isZero();
        assertThat(books("errors", Bucket.IN)).isEqualTo(1);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
        assertThat(send("errors", "second").word()).isEqualTo("pass");
        assertThat(send("errors", "third").word()).isEqualTo("suppress");
    }

    @Test
    void aPassThatWasDecidedWithoutTheStoreIsReportedToItWithItsMessage() {
        gateStore().elsewhere(true);
        Acceptance.Decided answer = send("errors", "error");
        assertThat(answer.word()).isEqualTo("pass");
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        gateStore().elsewhere(false);
        pass(POST_LEASE);
        assertThat(posts()).isZero();
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
        assertThat(books("errors", Bucket.IN)).isEqualTo(1);
        assertThat(send("errors", "second").word()).isEqualTo("pass");
        assertThat(send("errors", "third").word()).isEqualTo("suppress");
    }

    @Test
    void aPassThatWasDecidedWithoutTheStoreIsCountedOnceHoweverManyClaimsEndBeforeItIsReportedAgain() {
        gateStore().elsewhere(true);
        send("errors", "error");
        gateStore().elsewhere(false);
        failOnce(FaultyGate.Fault.AFTER, Event.Report.class);
        pass(POST_LEASE);
        assertThat(posts()).as("it arrived, and nobody knows").isEqualTo(1);
        for (long id = 1; id <= 5; id++) {
            claimAndWithdraw(id);
        }
        pass(POST_LEASE);
        assertThat(posts()).isZero();
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
        assertThat(send("errors", "second").word()).isEqualTo("pass");
        assertThat(send("errors", "third").word()).isEqualTo("suppress");
    }

    private void claimAndWithdraw(long id) {
        Rule rule = Rule.allow("2 per 1h").build();
        Event offer = new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.LATER);
        Live claim = ((Answer.Granted)
                        join(gateStore().apply(new Command(KEY, rule, offer))).answer())
                .claim();
        Event withdrawn = new Event.Release(claim.fence(), claim.nonce(), Event.Why.WITHDRAWN);
        join(gateStore().apply(new Command(KEY, rule, withdrawn)));
    }
}
