package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Budget;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Per;
import dev.sluice.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Caps over many subjects: what they refuse is held by its key, and told exactly once. */
class BudgetTest extends WithOutbox {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Rule ONCE =
            Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build();

    private void flow(String name, Rule rule, List<String> to, Budget... budgets) {
        to.forEach(this::channel);
        flows.add(new FlowPlan(name, Map.of("", rule), to, EXACT).charging(List.of(budgets)));
    }

    private Acceptance.Decided ask(String flow, String subject, String... recipients) {
        return (Acceptance.Decided) join(outbox().accept(to(flow, subject, recipients)));
    }

    private static Occurrence to(String flow, String subject, String... recipients) {
        Content content = new Content("title of " + subject, "message of " + subject, "error", "{}");
        return new Occurrence(
                Key.of(flow, subject), "", content, List.of(recipients), Optional.empty(), Event.Settle.LATER);
    }

    private long rows(String table) {
        return store().query(connection -> Rows.list(connection, "select count(*) from " + table, row -> row.getLong(1))
                .get(0));
    }

    private List<Message> digests() {
        return mail().delivered(Message.Kind.DIGEST);
    }

    @Test
    @DisplayName("S4.12 of 10,000 different errors to one recipient 30 go out, and one digest tells the other 9,970")
    void tenThousandDifferentErrors() {
        int all = dialect.isShared() ? 1_100 : 10_000;
        flow(
                "errors",
                Rule.allow("5 per 1h").build(),
                List.of("mail"),
                Budget.of("recipient", Per.RECIPIENT, "30 per 1h"));
        mail().recipients("ops@example.org");
        List<CompletionStage<Acceptance>> answers = new ArrayList<>();
        for (int i = 0; i < all; i++) {
            answers.add(outbox().accept(to("errors", "error " + i)));
            if (i % 200 == 199) {
                answers.forEach(this::join);
                answers.clear();
                clock.advance(Duration.ofSeconds(1));
            }
        }
        outbox().tick();
        assertThat(mail().delivered()).hasSize(30);
        assertThat(rows("sluice_ledger"))
                .as("nothing is written down for each refusal")
                .isLessThan(100);
        assertThat(rows("sluice_budget_target")).isEqualTo(1);

        pass(Duration.between(clock.instant(), START.plus(HOUR)).minusNanos(1_000));
        assertThat(digests()).isEmpty();
        pass(Duration.ofNanos(1_000));
        assertThat(digests()).singleElement().satisfies(digest -> {
            assertThat(digest.tally().held()).isEqualTo(all - 30);
            assertThat(digest.key()).isEqualTo(Key.of("budget", "recipient", "ops@example.org"));
            assertThat(digest.samples())
                    .extracting(Sample::title)
                    .startsWith("errors: error 30: title of error 30", "errors: error 39: title of error 39")
                    .hasSize(4);
        });

        pass(Duration.ofHours(24), Duration.ofHours(1));
        assertThat(mail().delivered()).as("nothing more is told").hasSize(31);
        assertThat(outbox().books().get("errors"))
                .isEqualTo(Books.only(Bucket.IN, all).with(Bucket.DELIVERED, 30).with(Bucket.REPORTED, all - 30));
        assertThat(outbox().books().get("budget"))
                .isEqualTo(Books.only(Bucket.IN, all).with(Bucket.DELIVERED, 30).with(Bucket.REPORTED, all - 30));
        assertThat(rows("sluice_budget_told")).isZero();
        assertThat(rows("sluice_budget_target")).isZero();
    }

    @Test
    void aRefusalSaysWhichBudgetAndUntilWhen() {
        flow("errors", ONCE, List.of("mail"), Budget.of("few", Per.EVERYTHING, "2 per 1h"));
        ask("errors", "one");
        ask("errors", "two");
        Acceptance.Decided third = ask("errors", "three");
        assertThat(third.word()).isEqualTo("suppress");
        assertThat(third.reason()).isEqualTo("budget");
        assertThat(third.detail()).contains(new Acceptance.Refused(Key.of("budget", "few", "everything")));
        assertThat(third.next()).contains(START.plus(HOUR));
        assertThat(third.counts().held()).isEqualTo(1);
        assertThat(third.message()).isEmpty();
    }

    @Test
    void ofTwoRecipientsOneIsRefusedAndTheOtherGetsTheMessage() {
        flow("errors", ONCE, List.of("mail"), Budget.of("recipient", Per.RECIPIENT, "2 per 1h"));
        ask("errors", "one", "a@example.org");
        ask("errors", "two", "A@example.org ");
        Acceptance.Decided third = ask("errors", "three", "a@example.org", "b@example.org");
        assertThat(third.word()).isEqualTo("pass");
        outbox().tick();
        assertThat(view(third).deliveries())
                .extracting(MessageView.DeliveryView::recipient)
                .containsExactly("b@example.org");
        assertThat(books("budget", Bucket.HELD)).isEqualTo(1);
        assertThat(ledger(Ledger.Kind.PASS).get(0).detail())
                .endsWith(", refused in part by budget recipient of a@example.org");

        pass(HOUR);
        assertThat(digests())
                .singleElement()
                .satisfies(digest -> assertThat(digest.tally().held()).isEqualTo(1));
        assertThat(mail().attempts())
                .filteredOn(each -> each.message().kind() == Message.Kind.DIGEST)
                .extracting(Outgoing::recipient)
                .containsExactly("a@example.org");
    }

    @Test
    void allSpellingsOfARecipientShareOneBudgetAndOneDigest() {
        flow(
                "errors",
                Rule.allow("50 per 1h").build(),
                List.of("mail", "pager"),
                Budget.of("recipient", Per.RECIPIENT, "5 per 1h"));
        for (int i = 0; i < 7; i++) {
            for (String spelling : List.of("ann", " Ann", "ANN", "ann\u200B", "\uFF41nn")) {
                ask("errors", "error " + i + spelling, spelling);
            }
        }
        outbox().tick();
        assertThat(mail().delivered()).hasSize(5);
        assertThat(channel("pager").delivered()).hasSize(5);
        assertThat(books("budget", Bucket.HELD)).isEqualTo(30);
        assertThat(rows("sluice_budget_target")).as("one for each channel").isEqualTo(2);

        pass(HOUR);
        assertThat(digests())
                .singleElement()
                .satisfies(digest -> assertThat(digest.key()).isEqualTo(Key.of("budget", "recipient", "ann")));
    }

    @Test
    void anOccurrenceThatNamesARecipientTwiceIsDeliveredOnceAsItIsWrittenFirst() {
        flow("errors", ONCE, List.of("mail"), Budget.of("recipient", Per.RECIPIENT, "2 per 1h"));
        Acceptance.Decided pass = ask("errors", "one", "Ann ", "ann", "bob", "a\u200Bnn", "ANN");
        outbox().tick();
        assertThat(view(pass).deliveries())
                .extracting(MessageView.DeliveryView::recipient)
                .containsExactly("Ann ", "bob");
        assertThat(books("budget", Bucket.DELIVERED)).isEqualTo(2);
    }

    @Test
    void aChannelThatIsOverItsBudgetIsLeftOut() {
        flow("errors", ONCE, List.of("mail", "pager"), Budget.of("channel", Per.CHANNEL, "1 per 1h"));
        flow("alerts", ONCE, List.of("pager"), flows.get(0).budgets().get(0));
        ask("alerts", "first");
        ask("errors", "second");
        outbox().tick();
        assertThat(channel("pager").delivered()).hasSize(1);
        assertThat(mail().delivered()).hasSize(1);
        assertThat(ask("errors", "third").reason()).isEqualTo("budget");

        pass(HOUR);
        assertThat(channel("pager").delivered(Message.Kind.DIGEST))
                .extracting(digest -> digest.tally().held())
                .containsExactly(2L);
        assertThat(digests()).extracting(digest -> digest.tally().held()).containsExactly(1L);
    }

    @Test
    void eachFlowHasAnAllowanceOfItsOwnInABudgetPerFlow() {
        Budget budget = Budget.of("flow", Per.FLOW, "1 per 1h");
        flow("errors", ONCE, List.of("mail"), budget);
        flow("alerts", ONCE, List.of("mail"), budget);
        assertThat(ask("errors", "one").word()).isEqualTo("pass");
        assertThat(ask("alerts", "one").word()).isEqualTo("pass");
        assertThat(ask("errors", "two").reason()).isEqualTo("budget");
        assertThat(ask("alerts", "two").reason()).isEqualTo("budget");
        pass(HOUR);
        assertThat(digests()).hasSize(2);
    }

    @Test
    void whatOneBudgetTookStaysTakenWhenTheNextRefuses() {
        flow(
                "errors",
                ONCE,
                List.of("mail"),
                Budget.of("recipient", Per.RECIPIENT, "2 per 1h"),
                Budget.of("everything", Per.EVERYTHING, "1 per 1h"));
        ask("errors", "one");
        Acceptance.Decided second = ask("errors", "two");
        assertThat(second.detail()).contains(new Acceptance.Refused(Key.of("budget", "everything", "everything")));
        Acceptance.Decided third = ask("errors", "three");
        assertThat(third.detail()).contains(new Acceptance.Refused(Key.of("budget", "recipient", "mail")));
        assertThat(books("budget", Bucket.DELIVERED)).isEqualTo(3);

        pass(HOUR);
        assertThat(digests()).extracting(digest -> digest.tally().held()).containsExactly(1L, 1L);
        pass(HOUR.multipliedBy(5), HOUR);
        assertThat(digests()).hasSize(2);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(2);
    }

    @Test
    void aSuppressedOccurrenceCostsNoBudget() {
        flow("errors", ONCE, List.of("mail"), Budget.of("few", Per.EVERYTHING, "2 per 1h"));
        for (int i = 0; i < 10; i++) {
            ask("errors", "same");
        }
        assertThat(ask("errors", "other").word()).isEqualTo("pass");
    }

    @Test
    void aDigestTellsOnlyWhatNoBudgetTells() {
        flow("errors", ONCE, List.of("mail"), Budget.of("few", Per.EVERYTHING, "2 per 30m"));
        ask("errors", "a");
        ask("errors", "b");
        ask("errors", "c");
        pass(Duration.ofMinutes(30));
        assertThat(digests()).extracting(digest -> digest.tally().held()).containsExactly(1L);
        ask("errors", "c");
        ask("errors", "c");
        outbox().tick();
        pass(Duration.ofMinutes(30));
        pass(HOUR, Duration.ofMinutes(10));

        assertThat(digests()).extracting(digest -> digest.tally().held()).containsExactly(1L, 1L);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(2);
        assertThat(digests().get(1).key().flow()).isEqualTo("errors");
    }

    @Test
    void aDigestIsChargedAndARefusedOneIsToldByTheBudget() {
        flow("errors", ONCE, List.of("mail"), Budget.of("few", Per.EVERYTHING, "3 per 90m"));
        for (String subject : List.of("a", "b", "c")) {
            ask("errors", subject);
            ask("errors", subject);
            ask("errors", subject);
        }
        outbox().tick();
        pass(HOUR);
        assertThat(digests()).as("the window of the budget is full").isEmpty();
        assertThat(books("budget", Bucket.HELD)).isEqualTo(6);

        pass(Duration.ofMinutes(30));
        assertThat(digests()).singleElement().satisfies(digest -> {
            assertThat(digest.key().flow()).isEqualTo("budget");
            assertThat(digest.tally().held()).isEqualTo(6);
            assertThat(digest.samples()).extracting(Sample::title).contains("errors:a: title of a");
        });
        pass(HOUR.multipliedBy(5), HOUR);
        assertThat(digests()).hasSize(1);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(6);
    }

    @Test
    void aDigestThatOneRecipientIsRefusedGoesToTheOtherAndTheBudgetTellsTheFirst() {
        flow("errors", ONCE, List.of("mail"), Budget.of("recipient", Per.RECIPIENT, "2 per 3h"));
        mail().recipients("a@example.org", "b@example.org");
        ask("errors", "x", "a@example.org");
        ask("errors", "y");
        ask("errors", "y");
        ask("errors", "y");
        outbox().tick();
        pass(HOUR);
        assertThat(toldTo()).containsExactly("b@example.org 2");
        pass(HOUR.multipliedBy(2));
        pass(HOUR.multipliedBy(5), HOUR);
        assertThat(toldTo()).containsExactly("b@example.org 2", "a@example.org 2");
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(2);
    }

    private List<String> toldTo() {
        return mail().attempts().stream()
                .filter(each -> each.message().kind() == Message.Kind.DIGEST)
                .map(each -> each.recipient() + " " + each.message().tally().held())
                .toList();
    }

    @Test
    void aPassThatTellsWhatWasHeldLeavesOutWhatABudgetTells() {
        flow("errors", Rule.allow("once per 1h").build(), List.of("mail"), Budget.of("few", Per.FLOW, "2 per 30m"));
        ask("errors", "first");
        ask("errors", "first");
        ask("errors", "second");
        ask("errors", "third");
        outbox().tick();
        pass(Duration.ofMinutes(61));
        ask("errors", "first");
        ask("errors", "third");
        outbox().tick();

        List<Message> passes = mail().delivered(Message.Kind.PASS);
        assertThat(passes).extracting(message -> message.tally().held()).containsExactly(0L, 0L, 1L, 0L);
        assertThat(digests()).extracting(digest -> digest.tally().held()).containsExactly(1L);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(2);
    }

    @Test
    void whatABudgetTellsOfTheNextTallyIsNotTakenFromTheOneThatWaits() {
        flow("errors", Rule.allow("once per 1h").build(), List.of("mail"), Budget.of("few", Per.FLOW, "2 per 30m"));
        ask("errors", "first");
        ask("errors", "first");
        ask("errors", "first");
        outbox().tick();
        pass(Duration.ofMinutes(61));
        ask("errors", "second");
        ask("errors", "third");
        assertThat(ask("errors", "first").reason()).isEqualTo("budget");
        pass(Duration.ofMinutes(31));
        assertThat(ask("errors", "first").word()).isEqualTo("pass");
        outbox().tick();
        pass(Duration.ofMinutes(61));
        ask("errors", "first");
        outbox().tick();

        assertThat(mail().delivered(Message.Kind.PASS))
                .filteredOn(message -> message.key().subject().equals("first"))
                .extracting(message -> message.tally().held())
                .containsExactly(0L, 2L, 0L);
        assertThat(digests()).extracting(digest -> digest.tally().held()).containsExactly(1L);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(3);
    }

    @Test
    void ofWhatABudgetWithoutADigestRefusedNobodyIsTold() {
        Rule silent = Rule.allow("2 per 90m").charged().digest(Digest.OFF).build();
        flow("errors", ONCE, List.of("mail"), new Budget("few", Per.FLOW, silent));
        for (String subject : List.of("a", "b", "c", "a", "a")) {
            ask("errors", subject);
        }
        pass(HOUR.multipliedBy(3), Duration.ofMinutes(10));

        assertThat(mail().delivered()).hasSize(2);
        assertThat(books("errors", Bucket.KEPT))
                .as("one that it refused, and two of a digest that it refused")
                .isEqualTo(3);
        assertThat(books("errors", Bucket.REPORTED)).isZero();
        assertThat(books("budget", Bucket.KEPT)).isEqualTo(3);
    }

    @Test
    void aRuleWithoutClaimsIsRefusedInTheSameWay() {
        flow(
                "errors",
                Rule.allow("100 per 1h").charged().build(),
                List.of("mail"),
                Budget.of("few", Per.FLOW, "2 per 1h"));
        for (int i = 0; i < 5; i++) {
            ask("errors", "same");
        }
        assertThat(books("errors", Bucket.IN)).isEqualTo(5);
        assertThat(books("errors", Bucket.HELD)).isEqualTo(3);
        pass(HOUR);
        assertThat(mail().delivered()).hasSize(3);
        assertThat(digests()).extracting(digest -> digest.tally().held()).containsExactly(3L);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(3);
    }

    @Test
    void budgetsHoldInShadow() {
        flows.add(new FlowPlan("errors", Map.of("", ONCE), List.of("mail"), EXACT)
                .charging(List.of(Budget.of("few", Per.FLOW, "3 per 1h")))
                .inShadow());
        for (int i = 0; i < 10; i++) {
            ask("errors", "same");
        }
        pass(HOUR);
        pass(HOUR.multipliedBy(5), HOUR);
        assertThat(mail().delivered()).hasSize(4);
        assertThat(digests()).extracting(digest -> digest.tally().held()).containsExactly(7L);
        assertThat(outbox().books().get("errors"))
                .isEqualTo(Books.only(Bucket.IN, 10)
                        .with(Bucket.DELIVERED, 3)
                        .with(Bucket.SHADOWED, 2)
                        .with(Bucket.REPORTED, 7));
    }

    @Test
    void aDeadMessageThatIsOfferedAgainIsChargedAndMayBeOfferedOnceMore() {
        flow("errors", ONCE, List.of("mail"), Budget.of("few", Per.FLOW, "1 per 10m"));
        mail().always(new Receipt.Refused("550 never", true));
        Acceptance.Decided dead = ask("errors", "dead");
        outbox().tick();
        mail().always(new Receipt.Accepted("250 ok"));
        long id = dead.message().orElseThrow().id();

        assertThat(redriven(id).reason()).isEqualTo("budget");
        assertThat(redriven(id).reason()).isEqualTo("budget");
        pass(Duration.ofMinutes(10));
        assertThat(redriven(id).word()).isEqualTo("pass");
        outbox().tick();
        assertThat(mail().delivered(Message.Kind.PASS)).hasSize(1);
    }

    private Acceptance.Decided redriven(long message) {
        return (Acceptance.Decided) join(outbox().redrive(message, "ops")).orElseThrow();
    }

    @Test
    void callersAreChargedToo() {
        flows.add(new FlowPlan("carts", Map.of("", Rule.allow("once per 1h").build()), List.of(), OnFailure.STANDARD)
                .charging(List.of(Budget.of("few", Per.EVERYTHING, "1 per 30m"))));
        flows.add(new FlowPlan("operator", Map.of("", ONCE), List.of("mail"), EXACT, true));
        Acceptance.Decided first = ask("carts", "one");
        join(outbox().complete(first.claim().orElseThrow()));
        Acceptance.Decided second = ask("carts", "two");
        assertThat(second.reason()).isEqualTo("budget");
        assertThat(second.claim()).isEmpty();
        pass(Duration.ofMinutes(30));
        assertThat(digests()).as("nobody else can be told").hasSize(1);

        pass(HOUR);
        Acceptance.Decided again = ask("carts", "two");
        assertThat(again.word()).isEqualTo("pass");
        assertThat(again.counts().held()).as("the budget has told it").isZero();
        join(outbox().complete(again.claim().orElseThrow()));
        assertThat(books("carts", Bucket.REPORTED)).isEqualTo(1);
    }

    @Test
    void theDigestOfACapOverAllGoesToThoseOfTheChannelAndNotToWhomeverOccurrencesNamed() {
        flow("carts", ONCE, List.of("mail"), Budget.of("all", Per.EVERYTHING, "1 per 1h"));
        mail().recipients("ops@example.org");
        for (int i = 0; i < 20; i++) {
            ask("carts", "cart " + i, "customer" + i + "@example.org");
        }
        pass(HOUR);
        assertThat(mail().attempts())
                .filteredOn(each -> each.message().kind() == Message.Kind.DIGEST)
                .extracting(Outgoing::recipient)
                .containsExactly("ops@example.org");
    }

    @Test
    void whereAChannelGoesNowhereByItselfTheOperatorIsTold() {
        flow("carts", ONCE, List.of("mail"), Budget.of("all", Per.EVERYTHING, "1 per 1h"));
        mail().addressed(true);
        channel("inbox");
        flows.add(new FlowPlan("operator", Map.of("", ONCE), List.of("inbox"), EXACT, true));
        ask("carts", "one", "one@example.org");
        ask("carts", "two", "two@example.org");
        pass(HOUR);
        assertThat(digests()).isEmpty();
        assertThat(channel("inbox").delivered(Message.Kind.DIGEST)).hasSize(1);
    }

    @Test
    void aRestartKeepsWhatIsChargedAndWhatIsToBeTold() {
        flow("errors", ONCE, List.of("mail"), Budget.of("few", Per.FLOW, "2 per 1h"));
        for (int i = 0; i < 5; i++) {
            ask("errors", "error " + i);
            restart();
        }
        pass(HOUR);
        assertThat(mail().delivered()).hasSize(3);
        assertThat(digests()).extracting(digest -> digest.tally().held()).containsExactly(3L);
    }

    @Test
    void aBudgetThatRefusesInEveryWindowTellsOncePerWindow() {
        flow("errors", ONCE, List.of("mail"), Budget.of("few", Per.FLOW, "2 per 10m"));
        List<Instant> told = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            ask("errors", "error " + i);
            int before = digests().size();
            pass(Duration.ofSeconds(6));
            if (digests().size() > before) {
                told.add(clock.instant());
            }
        }
        pass(HOUR, Duration.ofMinutes(10));
        assertThat(told).hasSizeBetween(5, 7).doesNotHaveDuplicates();
        assertThat(digests().stream().mapToLong(digest -> digest.tally().held()).sum()
                        + mail().delivered(Message.Kind.PASS).size())
                .isEqualTo(600);
    }

    private Acceptance.Decided atOnce(String flow, String subject) {
        Content content = new Content("title", "message", "error", "{}");
        return (Acceptance.Decided) join(outbox().accept(new Occurrence(
                Key.of(flow, subject), "", content, List.of(), Optional.empty(), Event.Settle.NOW)));
    }

    @Test
    void whatIsDecidedAndDoneInOneCallIsNotDoneWhereABudgetRefusesIt() {
        Rule once = Rule.allow("once until reset").build();
        flow("alerts", once, List.of(), Budget.of("few", Per.EVERYTHING, "1 per 1h"));
        flows.add(new FlowPlan("operator", Map.of("", ONCE), List.of("mail"), EXACT, true));
        Acceptance.Decided first = atOnce("alerts", "a");
        assertThat(first.word()).isEqualTo("pass");
        assertThat(first.claim()).isEmpty();
        assertThat(first.counts().delivered()).isEqualTo(1);
        Acceptance.Decided refused = atOnce("alerts", "b");
        assertThat(refused.reason()).isEqualTo("budget");
        assertThat(refused.counts()).isEqualTo(new Acceptance.Counts(1, 0, 1));
        pass(HOUR);
        assertThat(digests()).hasSize(1);
        assertThat(atOnce("alerts", "b").word()).isEqualTo("pass");
        assertThat(atOnce("alerts", "b").reason()).isEqualTo("limit");
        assertThat(outbox().books().get("alerts"))
                .isEqualTo(Books.only(Bucket.IN, 4).with(Bucket.DELIVERED, 2).with(Bucket.HELD, 2));
        join(outbox().reset(Key.of("alerts", "b"), OptionalDouble.empty()));
        assertThat(atOnce("alerts", "b").reason()).isEqualTo("budget");
        pass(HOUR);
        assertThat(atOnce("alerts", "b").counts().held())
                .as("of two in the tally that waits the budget has told one")
                .isEqualTo(1);
    }

    @Test
    void aRuleWithoutClaimsThatABudgetRefusedHasNotUsedItsWindow() {
        Rule once = Rule.allow("once until reset").charged().build();
        flow("alerts", once, List.of("mail"), Budget.of("few", Per.EVERYTHING, "1 per 1h"));
        ask("alerts", "a");
        Acceptance.Decided refused = ask("alerts", "b");
        assertThat(refused.reason()).isEqualTo("budget");
        assertThat(refused.counts()).isEqualTo(new Acceptance.Counts(1, 0, 1));
        pass(HOUR);
        assertThat(ask("alerts", "b").word()).isEqualTo("pass");
        assertThat(ask("alerts", "b").reason()).isEqualTo("limit");
        outbox().tick();
        assertThat(mail().delivered(Message.Kind.PASS)).hasSize(2);
        assertThat(digests()).hasSize(1);
    }

    /** "errors" goes on without its budget, and another budget may stay. */
    private void removeBudget(Budget... left) {
        close();
        flows.clear();
        flow("errors", ONCE, List.of("mail"), left);
        flow("other", ONCE, List.of("mail"));
    }

    @Test
    void aBudgetThatIsRemovedWhileItsDigestIsUnderWayTellsItOnceAndKeepsNobodyElseWaiting() {
        Budget stays = Budget.of("stays", Per.EVERYTHING, "100 per 1h");
        flow("errors", ONCE, List.of("mail"), Budget.of("gone", Per.CHANNEL, "1 per 1h"), stays);
        ask("errors", "one");
        outbox().tick();
        ask("errors", "two");
        mail().next(1, new Receipt.Refused("busy", false, Duration.ZERO));
        pass(HOUR);
        assertThat(digests()).isEmpty();
        removeBudget(stays);
        ask("other", "fine");
        ask("other", "fine");
        pass(HOUR.multipliedBy(3), HOUR);
        assertThat(digests())
                .extracting(digest -> digest.key().text())
                .containsExactlyInAnyOrder("budget~gone:mail", "other:fine");
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(1);
        assertThat(books("budget", Bucket.REPORTED)).isEqualTo(1);
    }

    @Test
    void whatABudgetOwedWhenItWasRemovedIsToldOnceWhetherOthersAreLeftOrNot() {
        for (boolean left : List.of(true, false)) {
            int before = digests().size();
            long reported = books("errors", Bucket.REPORTED);
            close();
            flows.clear();
            flow("errors", ONCE, List.of("mail"), Budget.of("gone", Per.CHANNEL, "1 per 30m"));
            ask("errors", "one " + left);
            ask("errors", "two " + left);
            outbox().tick();
            removeBudget(left ? new Budget[] {Budget.of("stays", Per.FLOW, "9 per 1h")} : new Budget[0]);
            pass(HOUR.multipliedBy(30), HOUR);
            assertThat(digests()).hasSize(before + 1);
            assertThat(books("errors", Bucket.REPORTED)).isEqualTo(reported + 1);
            assertThat(books("budget", Bucket.HELD) + books("budget", Bucket.OWED))
                    .isZero();
        }
    }

    @Test
    void aDeadMessageThatABudgetRefusedGoesOutInShadowWhileItsWindowIsFull() {
        flows.add(new FlowPlan("errors", Map.of("", Rule.allow("1 per 24h").build()), List.of("mail"), EXACT)
                .inShadow()
                .charging(List.of(Budget.of("few", Per.EVERYTHING, "1 per 1h"))));
        mail().next(1, new Receipt.Refused("550 never", true));
        Acceptance.Decided dead = ask("errors", "s");
        outbox().tick();
        long id = dead.message().orElseThrow().id();
        assertThat(redriven(id).reason()).isEqualTo("budget");
        pass(HOUR);
        assertThat(ask("errors", "s").reason()).isEqualTo("allowed");
        clock.advance(HOUR);
        Acceptance.Decided again = redriven(id);
        assertThat(again.word()).isEqualTo("pass");
        assertThat(again.reason()).isEqualTo("shadow");
    }

    @Test
    void nothingIsLeftBesideAKeyThatKeepsWhatItHeldAtOnce() {
        flow("jobs", Rule.allow("exclusive").build(), List.of(), Budget.of("few", Per.EVERYTHING, "1 per 1h"));
        join(outbox().complete(ask("jobs", "one").claim().orElseThrow()));
        assertThat(ask("jobs", "two").reason()).isEqualTo("budget");
        assertThat(rows("sluice_budget_told")).isZero();
        assertThat(books("jobs", Bucket.KEPT)).isEqualTo(1);
    }

    @Test
    void whereNobodyCanBeToldTheNextPassOfACallerSaysWhatABudgetRefused() {
        Budget few = Budget.of("few", Per.EVERYTHING, "1 per 1h");
        flow("calls", Rule.allow("once per 30m").build(), List.of(), few);
        flow("counts", ONCE, List.of(), few);
        Acceptance.Decided taken = ask("calls", "a");
        join(outbox().complete(taken.claim().orElseThrow()));
        assertThat(atOnce("calls", "b").reason()).isEqualTo("budget");
        assertThat(atOnce("counts", "c").reason()).isEqualTo("budget");
        pass(HOUR.multipliedBy(2), HOUR);
        assertThat(books("counts", Bucket.KEPT)).as("no pass tells it").isEqualTo(1);
        assertThat(books("counts", Bucket.REPORTED)).isZero();
        assertThat(books("calls", Bucket.REPORTED)).as("nobody was told yet").isZero();
        assertThat(atOnce("calls", "b").counts().held()).isEqualTo(1);
        assertThat(books("calls", Bucket.REPORTED)).isEqualTo(1);
        assertThat(books("budget", Bucket.KEPT)).isEqualTo(2);
    }

    @Test
    void whereNoChannelGoesAnywhereByItselfAndNoOperatorIsThereItIsKept() {
        flow("carts", ONCE, List.of("mail"), Budget.of("all", Per.EVERYTHING, "1 per 1h"));
        mail().addressed(true);
        ask("carts", "one", "one@example.org");
        assertThat(ask("carts", "two", "two@example.org").reason()).isEqualTo("budget");
        pass(HOUR.multipliedBy(3), HOUR);
        assertThat(digests()).isEmpty();
        assertThat(books("carts", Bucket.KEPT)).isEqualTo(1);
        assertThat(books("carts", Bucket.REPORTED)).isZero();
    }
}
