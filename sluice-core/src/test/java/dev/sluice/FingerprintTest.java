package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cut first, then normalise. */
class FingerprintTest {
    private static final Fingerprint STANDARD = new Fingerprint("message", 100, true);
    private static final Fingerprint WHOLE = new Fingerprint("message", Fingerprint.WHOLE, true);
    private static final long SEED = 20_260_101;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error processing 2025-12-%03d",
                "Order %d failed",
                "Timeout after %d ms while loading /data/in/%1$d.csv",
                "Could not reach https://api.example.com/v1/orders/%d",
                "Duplicate entry 'customer-%d' for key 'users.email'",
                "Row %d: could not convert 'value %1$d' to a date, the column wants one of the form year, month and day, and this is none",
                "Batch %d of the import did not finish: the connection was closed by the other side before all rows had been read; will retry"
            })
    @DisplayName("S4.8 600 messages that differ only in a date, id or number are one subject")
    void sixHundredMessages(String template) {
        Set<String> fingerprints = IntStream.rangeClosed(1, 600)
                .mapToObj(i -> STANDARD.of(String.format(template, i)))
                .collect(Collectors.toSet());
        assertThat(fingerprints).hasSize(1);
    }

    @Test
    @DisplayName("S4.5 equal first 100 characters are one fingerprint, wherever the cut falls")
    void equalBeginnings() {
        Random random = new Random(SEED);
        for (int round = 0; round < 2_000; round++) {
            String hundred = RandomText.of(random, 100);
            int end = hundred.offsetByCodePoints(0, Math.min(100, hundred.codePointCount(0, hundred.length())));
            String beginning = hundred.substring(0, end);
            if (beginning.codePointCount(0, end) == 100 && !Character.isHighSurrogate(beginning.charAt(end - 1))) {
                String fingerprint = STANDARD.of(beginning);
                for (String more : List.of("", " ", "a", "1", "'", ") and so on", RandomText.of(random, 9))) {
                    // A low surrogate would complete a half character in front of it.
                    if (more.isEmpty() || !Character.isLowSurrogate(more.charAt(0))) {
                        assertThat(STANDARD.of(beginning + more))
                                .as("seed %s, round %s: %s", SEED, round, beginning)
                                .isEqualTo(fingerprint);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "550e8400-e29b-41d4-a716-446655440000",
                "deadbeefcafe",
                "https://example.org/a/very/long/path?q=1",
                "/var/lib/app/data/incoming/file.csv",
                "10.251.73.220:50010",
                "2025-12-31T23:59:59.123Z",
                "alice@example.org",
                "'some quoted name' and"
            })
    void whatTheCutWentThroughDoesNotCount(String value) {
        String start = "The nightly import of all customers stopped at the record with the name of ";
        Set<String> fingerprints = IntStream.range(1, Math.min(value.length(), 100 - start.length()))
                .mapToObj(length -> (start + value).substring(0, start.length() + length))
                .map(text -> new Fingerprint("message", text.length(), true).of(text + "more"))
                .collect(Collectors.toSet());
        assertThat(fingerprints).hasSize(1);
    }

    @Test
    void anIdOfAnotherLengthDoesNotMoveWhatCounts() {
        Set<String> fingerprints = Stream.of("7", "4711", "12345678")
                .map(id -> "Order " + id + " could not be stored: the remote side answered with a page of text"
                        + " that is not the expected document and cannot be read at all")
                .map(STANDARD::of)
                .collect(Collectors.toSet());
        assertThat(fingerprints).hasSize(1);
    }

    @Test
    void aTextThatLosesOnlyItsLastValueHasTheFingerprintOfAWholeOne() {
        Set<String> fingerprints = IntStream.range(1, 120)
                .mapToObj(length -> STANDARD.of("Deleting block 17, file /mnt/data/" + "x".repeat(length)))
                .collect(Collectors.toSet());
        assertThat(fingerprints).containsExactly("deleting block <*>, file <*>");
    }

    @Test
    void aShortTextIsNotCut() {
        assertThat(STANDARD.of("Order 4711 failed")).isEqualTo("order <*> failed");
        assertThat(new Fingerprint("message", 17, true).of("Order 4711 failed")).isEqualTo("order <*>");
    }

    @Test
    void oneLongWordHasAFingerprintToo() {
        assertThat(STANDARD.of("x".repeat(200))).isEqualTo("<*>");
        assertThat(STANDARD.of("{\"error\":\"timeout\",\"order\":\"A-5\",\"text\":\"" + "y".repeat(100)))
                .isEqualTo("{\"error\":\"timeout\",\"order\":\"<*>\",\"text <*>");
    }

    @Test
    void withoutNormalisingOnlyCaseAndOuterSpaceGo() {
        assertThat(new Fingerprint("message", 100, false).of("  Order 4711  FAILED "))
                .isEqualTo("order 4711  failed");
    }

    @Test
    void zeroCharactersAreAll() {
        String text = "word ".repeat(1_000) + "end";
        assertThat(WHOLE.of(text)).isEqualTo(text);
        assertThatIllegalArgumentException().isThrownBy(() -> new Fingerprint("message", -1, true));
    }

    @Test
    void messagesThatDifferInAWordStayApart() {
        List<String> messages = List.of(
                "Order 1 could not be paid: card declined",
                "Order 2 could not be paid: card expired",
                "Order 3 could not be sent: card declined",
                "Cannot open file /tmp/a: permission denied",
                "Cannot open file /tmp/b: no such file",
                "Cannot open socket 10.0.0.1:80: permission denied",
                "java.io.IOException: broken pipe",
                "java.net.SocketException: broken pipe",
                "org.acme.OrderLockedException: 5",
                "org.acme.OrderMissingException: 5",
                "IllegalStateException at com.acme.Foo.bar(Foo.java:10)",
                "IllegalStateException at com.acme.Foo.bar(Other.java:10)",
                "user=guest was refused",
                "user=root was refused",
                "status=failed code=3",
                "status=late code=3",
                "GET /a failed",
                "PUT /a failed",
                "\"GET /a HTTP/1.1\" 500",
                "\"PUT /a HTTP/1.1\" 500",
                "{\"error\":\"timeout\",\"code\":5}",
                "{\"error\":\"declined\",\"code\":5}",
                "failed for user authentication failed",
                "failed for user registration failed",
                "Cannot invoke \"String.length()\" because \"name\" is null",
                "Cannot invoke \"String.length()\" because \"this.name\" is null",
                "Cannot invoke \"String.length()\" because \"this.key\" is null",
                "Cannot invoke \"com.acme.Order.getId()\" because \"order\" is null",
                "Cannot invoke \"com.acme.Order.getCustomer()\" because \"order\" is null",
                "Cannot invoke \"java.util.Map.get(Object)\" because the return value of \"com.acme.A.all()\" is null",
                "Cannot invoke \"java.util.Map.get(Object)\" because the return value of \"com.acme.A.few()\" is null",
                "this.db is null",
                "this.key is null",
                "self.tmp invalid",
                "self.log invalid",
                "config.key missing",
                "config.lock missing",
                "request.info failed",
                "order.info failed",
                "config.local() failed",
                "config.internal() failed",
                "com.stripe.CardDeclined",
                "com.stripe.RateLimited",
                "com.stripe.CardDeclined: no",
                "com.stripe.StockEmpty: no",
                "Caused by: com.stripe.RateLimited: no",
                "Caused by: com.stripe.CardDeclined: no",
                "it may 5 times fail",
                "it did 5 times fail");
        Set<String> fingerprints = new HashSet<>();
        messages.forEach(message ->
                assertThat(fingerprints.add(WHOLE.of(message))).as(message).isTrue());
    }
}
