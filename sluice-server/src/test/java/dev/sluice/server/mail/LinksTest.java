package dev.sluice.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.config.MailConfig;
import dev.sluice.server.config.Secret;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Links that nobody can make or change who does not know the secret. */
class LinksTest {
    private static final Instant UNTIL = Instant.parse("2026-03-05T12:00:00Z");
    private static final Secret CARTS = Secret.of("secret of the carts");
    private static final Secret OTHERS = Secret.of("secret of the others");
    private static final Links.Promise PROMISE =
            new Links.Promise("carts", "42/abc", "k-1", Map.of("discount", new BigDecimal("20")), UNTIL);

    private final String token = Links.token(PROMISE, CARTS);

    @Test
    void aTokenSaysWhatWasPromisedUntilItsTimeIsOver() {
        assertThat(check(token, UNTIL.minusNanos(1))).isEqualTo(new Links.Verdict.Good(PROMISE));
        assertThat(check(token, UNTIL)).isEqualTo(new Links.Verdict.Expired(PROMISE));
    }

    @Test
    void theSamePromiseIsTheSameToken() {
        assertThat(Links.token(PROMISE, CARTS)).isEqualTo(token);
    }

    @Test
    void whoeverChangesAnythingBreaksIt() {
        for (int at = 0; at < token.length() - 1; at++) {
            char other = token.charAt(at) == 'A' ? 'B' : 'A';
            String changed = token.substring(0, at) + other + token.substring(at + 1);
            assertThat(check(changed, UNTIL.minusSeconds(1))).isNotInstanceOf(Links.Verdict.Good.class);
        }
    }

    @Test
    void aHigherDiscountUnderTheOldSignatureIsBroken() {
        String[] parts = token.split("\\.");
        String said = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
        String more = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(said.replace("\"discount\":\"20\"", "\"discount\":\"90\"")
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(said).contains("\"discount\":\"20\"");
        assertThat(check(more + '.' + parts[1], UNTIL.minusSeconds(1))).isEqualTo(new Links.Verdict.Broken());
    }

    @Test
    void theSecretOfAnotherFlowAndAFormerOneAreUnknownKeys() {
        assertThat(check(Links.token(PROMISE, OTHERS), UNTIL.minusSeconds(1)))
                .isEqualTo(new Links.Verdict.UnknownKey());
        Links.Promise gone = new Links.Promise("gone", "42/abc", "k-1", Map.of(), UNTIL);
        assertThat(check(Links.token(gone, CARTS), UNTIL.minusSeconds(1))).isEqualTo(new Links.Verdict.UnknownKey());
    }

    @Test
    void aTokenToUnsubscribeIsNoLink() {
        String other = Unsubscribing.token(new Unsubscribing.Wish("carts", "ann@example.org"), CARTS);

        assertThat(check(other, UNTIL.minusSeconds(1))).isEqualTo(new Links.Verdict.Broken());
        assertThat(Unsubscribing.read(token, LinksTest::secret)).isEmpty();
        assertThat(Unsubscribing.read(other, LinksTest::secret))
                .contains(new Unsubscribing.Wish("carts", "ann@example.org"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.b", "a.b.c", "bnVsbA.AA", "W10.AA", "e30.AA", "!!!.???", "e30"})
    void whatIsNoTokenIsRefusedAndBreaksNothing(String text) {
        assertThat(check(text, UNTIL)).isNotInstanceOf(Links.Verdict.Good.class);
        assertThat(check("x".repeat(1 << 20) + text, UNTIL)).isEqualTo(new Links.Verdict.Broken());
    }

    @ParameterizedTest
    @CsvSource({
        "https://shop.example.org/cart, https://shop.example.org/cart?token=T",
        "https://shop.example.org/cart?a=b, https://shop.example.org/cart?a=b&token=T",
        "https://shop.example.org/cart#top, https://shop.example.org/cart?token=T#top"
    })
    void aTokenIsAParameterOfTheAddress(URI url, String address) {
        assertThat(Links.address(new MailConfig.Link(url, Duration.ofHours(1)), "T"))
                .isEqualTo(address);
    }

    private static Optional<Secret> secret(String flow) {
        return switch (flow) {
            case "carts" -> Optional.of(CARTS);
            case "others" -> Optional.of(OTHERS);
            default -> Optional.empty();
        };
    }

    private static Links.Verdict check(String token, Instant now) {
        return Links.check(token, LinksTest::secret, now);
    }
}
