package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RuleTest {
    @Test
    void readsTheFourAllowances() {
        Rule counted = Rule.allow("5 per 1h").build();
        Rule once = Rule.allow("once per 3h").build();
        Rule reset = Rule.allow("once until reset").build();
        Rule exclusive = Rule.allow("exclusive").build();

        assertThat(counted.limit()).isEqualTo(5);
        assertThat(counted.window()).isEqualTo(3_600_000_000L);
        assertThat(once.limit()).isEqualTo(1);
        assertThat(once.window()).isEqualTo(10_800_000_000L);
        assertThat(reset.limit()).isEqualTo(1);
        assertThat(reset.window()).isEqualTo(Micros.FOREVER);
        assertThat(exclusive.limit()).isEqualTo(1);
        assertThat(exclusive.window()).isZero();
    }

    @Test
    void writesAllowancesAsItReadsThem() {
        for (String text : new String[] {"5 per 1h", "once per 3h", "once until reset", "exclusive", "2 per 1h30m"}) {
            assertThat(Rule.allow(text).build().allowance()).isEqualTo(text);
        }
        assertThat(Rule.allow("  5   per 60m ").build()).hasToString("5 per 1h");
        assertThat(Rule.allow("1 per 7d").build()).hasToString("once per 7d");
    }

    @Test
    void defaultsFitTheAllowance() {
        Rule counted = Rule.allow("5 per 1h").build();
        Rule once = Rule.allow("once per 3h").build();

        assertThat(counted.digest()).isEqualTo(Digest.AT_CLOSE);
        assertThat(once.digest()).isEqualTo(Digest.WITH_NEXT);
        assertThat(Rule.allow("exclusive").build().digest()).isEqualTo(Digest.OFF);
        assertThat(counted.backoff()).isEmpty();
        assertThat(once.backoff()).contains(Backoff.STANDARD);
        assertThat(counted.lease()).isEqualTo(30_000_000L);
        assertThat(counted.onLost()).isEqualTo(OnLost.RETRY);
        assertThat(counted.onReset()).isEqualTo(OnReset.REARM);
        assertThat(counted.summaryAt()).isZero();
        assertThat(counted.charged()).isFalse();
    }

    @Test
    void aSummaryBelowTwoOrAboveTheLimitIsNever() {
        assertThat(Rule.allow("5 per 1h").summaryAt(1).build().summaryAt()).isZero();
        assertThat(Rule.allow("5 per 1h").summaryAt(2).build().summaryAt()).isEqualTo(2);
        assertThat(Rule.allow("5 per 1h").summaryAt(5).build().summaryAt()).isEqualTo(5);
        assertThat(Rule.allow("5 per 1h").summaryAt(6).build().summaryAt()).isZero();
    }

    @Test
    void refusesAnAllowanceOfNothing() {
        refuses("0 per 1h", "the least is 1");
        refuses("once per 0s", "exclusive");
        refuses("5 per 0s", "exclusive");
    }

    @Test
    void refusesWhatIsNoAllowance() {
        for (String text :
                new String[] {"", "5", "5 per", "per 1h", "-1 per 1h", "5 per hour", "twice per 1h", "5/1h"}) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> Rule.allow(text));
        }
    }

    @Test
    void refusesMoreClaimsThanAStateHolds() {
        assertThat(Rule.allow("64 per 1h").build().limit()).isEqualTo(64);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rule.allow("65 per 1h").build())
                .withMessageContaining("64");
        assertThat(Rule.allow("65 per 1h").charged().build().charged()).isTrue();
    }

    @Test
    void refusesWhatAnExclusiveKeyCannotHave() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Rule.allow("exclusive").digest(Digest.AT_CLOSE).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rule.allow("exclusive").charged().build());
    }

    @Test
    void withoutItsStoreAKeyIsDecidedLocallyAndAnExclusiveOneNotAtAll() {
        Rule errors = Rule.allow("5 per 1h").build();
        Rule charged = Rule.allow("5 per 1h").onOutage(OnOutage.OPEN).charged().build();

        assertThat(errors.onOutage()).isEqualTo(OnOutage.LOCAL);
        assertThat(errors.answerWithin()).isEqualTo(1_000_000L);
        assertThat(charged.onOutage()).isEqualTo(OnOutage.OPEN);
        assertThat(charged.untold().onOutage()).isEqualTo(OnOutage.OPEN);
        assertThat(Rule.allow("exclusive").build().onOutage()).isEqualTo(OnOutage.CLOSED);
        for (OnOutage two : new OnOutage[] {OnOutage.LOCAL, OnOutage.OPEN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Rule.allow("exclusive").onOutage(two).build())
                    .withMessageContaining("closed");
        }
    }

    @Test
    void refusesLengthsThatAreNone() {
        for (Duration none : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(999)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Rule.allow("5 per 1h").lease(none).build());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Rule.allow("5 per 1h").forgetAfter(none).build());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Rule.allow("5 per 1h").answerWithin(none).build());
            assertThatIllegalArgumentException().isThrownBy(() -> OnReset.after(none));
            assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(none, 2, Duration.ofMinutes(1)));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ofSeconds(5), 0.5, Duration.ofMinutes(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ofSeconds(5), 2, Duration.ofSeconds(4)));
    }

    private static void refuses(String allowance, String because) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rule.allow(allowance))
                .withMessageContaining(because);
    }
}
