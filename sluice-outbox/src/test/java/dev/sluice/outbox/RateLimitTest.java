package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A flow of errors, 5 per 1h with a summary at 3: what goes out, and what is told of the rest. */
class RateLimitTest extends WithOutbox {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @BeforeEach
    void errors() {
        flow("errors", Rule.allow("5 per 1h").summaryAt(3).build());
    }

    @Test
    @DisplayName("S4.1 of ten at once five go out, the third as a summary of three")
    void tenAtOnce() {
        List<String> words = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            words.add(send("errors", "error " + i).word());
        }

        assertThat(words)
                .containsExactly(
                        "pass",
                        "pass",
                        "summary",
                        "pass",
                        "pass",
                        "suppress",
                        "suppress",
                        "suppress",
                        "suppress",
                        "suppress");
        assertThat(mail().delivered()).hasSize(5);
        Message third = mail().delivered().get(2);
        assertThat(third.kind()).isEqualTo(Message.Kind.SUMMARY);
        assertThat(third.tally().occurrences()).isEqualTo(3);
        assertThat(third.content().title()).isEqualTo("error 3");
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(5);
        assertThat(books("errors", Bucket.HELD)).isEqualTo(5);
    }

    @Test
    void theLastPassOfAWindowIsAnsweredWithTheEndOfTheWindow() {
        Instant opened = clock.instant();
        for (int i = 1; i <= 4; i++) {
            send("errors", "error " + i);
            pass(MINUTE);
        }

        assertThat(send("errors", "error 5").next()).contains(opened.plus(Duration.ofHours(1)));
    }

    @Test
    void onlyTheLastPassOfAWindowSaysUntilWhenFurtherOnesAreHeld() {
        for (int i = 1; i <= 5; i++) {
            send("errors", "error " + i);
            pass(MINUTE);
        }

        List<Optional<Instant>> heldUntil = mail().delivered().stream()
                .map(message -> message.window().heldUntil())
                .toList();
        assertThat(heldUntil.subList(0, 4)).containsOnly(Optional.empty());
        assertThat(heldUntil.get(4)).contains(START.plus(HOUR));
    }

    @Test
    @DisplayName("S4.3 a window is over after exactly its length, and then the next one passes")
    void eligibleAtTheEndOfTheWindow() {
        for (int i = 1; i <= 5; i++) {
            assertThat(send("errors", "error " + i).word()).isNotEqualTo("suppress");
        }
        pass(HOUR.minusNanos(1_000));
        assertThat(send("errors", "one too early").word()).isEqualTo("suppress");
        pass(Duration.ofNanos(1_000));
        assertThat(send("errors", "at the end").word()).isEqualTo("pass");
    }

    @Test
    @DisplayName("S4.3 a steady error is told in every hour, at most five times")
    void steadyError() {
        List<Instant> sent = new ArrayList<>();
        for (int i = 0; i < 48 * 6; i++) {
            int before = mail().delivered(Message.Kind.PASS).size()
                    + mail().delivered(Message.Kind.SUMMARY).size();
            send("errors", "error " + i);
            int after = mail().delivered(Message.Kind.PASS).size()
                    + mail().delivered(Message.Kind.SUMMARY).size();
            if (after > before) {
                sent.add(clock.instant());
            }
            pass(Duration.ofMinutes(10));
        }
        for (int hour = 0; hour < 48; hour++) {
            Instant from = START.plus(HOUR.multipliedBy(hour));
            assertThat(sent.stream().filter(at -> !at.isBefore(from) && at.isBefore(from.plus(HOUR))))
                    .hasSizeBetween(1, 5);
        }
    }

    @Test
    @DisplayName("S4.4 of 600 errors over 18 hours each is sent or reported: 5 and one digest in every window")
    void sixHundredErrors() {
        for (int i = 0; i < 600; i++) {
            send("errors", "error " + i);
            pass(Duration.ofSeconds(108));
        }
        pass(HOUR);

        List<Message> digests = mail().delivered(Message.Kind.DIGEST);
        int sent = mail().delivered().size() - digests.size();
        long reported =
                digests.stream().mapToLong(digest -> digest.tally().held()).sum();
        assertThat(sent + reported).isEqualTo(600);
        assertThat(digests).hasSize(18);
        assertThat(sent).isEqualTo(18 * 5);
        for (int hour = 0; hour <= 18; hour++) {
            Instant from = START.plus(HOUR.multipliedBy(hour));
            List<Message> inWindow = mail().delivered().stream()
                    .filter(message -> !message.window().decidedAt().isBefore(from))
                    .filter(message -> message.window().decidedAt().isBefore(from.plus(HOUR)))
                    .toList();
            assertThat(inWindow)
                    .filteredOn(message -> message.kind() != Message.Kind.DIGEST)
                    .hasSizeLessThanOrEqualTo(5);
            assertThat(inWindow)
                    .filteredOn(message -> message.kind() == Message.Kind.DIGEST)
                    .hasSizeLessThanOrEqualTo(1);
        }
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(sent);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(reported);
    }

    @Test
    @DisplayName("S4.9 a channel that refuses the first three attempts costs no delivery")
    void refusalsUseUpNothing() {
        mail().next(3, new Receipt.Refused("451 later", false));
        for (int i = 1; i <= 10; i++) {
            offer("errors", "error " + i);
        }
        outbox().tick();
        assertThat(mail().delivered()).hasSize(2);

        pass(MINUTE, Duration.ofSeconds(1));
        assertThat(mail().delivered()).hasSize(5);
    }

    @Test
    @DisplayName("S4.11 a burst of 100 is followed by one closing digest of 95 at the end of the window")
    void burstAndSilence() {
        for (int i = 1; i <= 100; i++) {
            send("errors", "error " + i);
            clock.advance(Duration.ofSeconds(1));
        }
        Instant end = START.plus(HOUR);
        pass(Duration.between(clock.instant(), end).minusNanos(1_000));
        assertThat(mail().delivered(Message.Kind.DIGEST)).isEmpty();

        pass(Duration.ofNanos(1_000));
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);
        Message digest = mail().delivered(Message.Kind.DIGEST).get(0);
        assertThat(digest.tally())
                .isEqualTo(new Message.Tally(
                        95, 95, Optional.of(START.plusSeconds(5)), Optional.of(START.plusSeconds(99))));
        assertThat(digest.samples()).extracting(Sample::title).containsExactly("error 6", "error 15");
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(95);

        pass(HOUR.multipliedBy(3), Duration.ofMinutes(10));
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);
    }

    @Test
    @DisplayName("S4.10 a restart in the middle of a window keeps its counts")
    void restartKeepsCounts() {
        for (int i = 1; i <= 4; i++) {
            send("errors", "error " + i);
        }
        restart();
        assertThat(send("errors", "fifth").word()).isEqualTo("pass");
        assertThat(send("errors", "sixth").word()).isEqualTo("suppress");
        restart();
        pass(HOUR);
        assertThat(mail().delivered()).hasSize(6);
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);
    }
}
