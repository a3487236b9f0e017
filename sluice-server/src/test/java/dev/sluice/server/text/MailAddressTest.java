package dev.sluice.server.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may stand in an SMTP command; the hostile ones are in {@link SmtpChannelTest}. */
class MailAddressTest {
    @ParameterizedTest
    @CsvSource({
        "ops@example.org, '', ops@example.org",
        "' ops@localhost ', '', ops@localhost",
        "Sluice <gate+errors@mail.example.org>, Sluice, gate+errors@mail.example.org",
        "'\"Die Wächter\" <o.p.s@example.org>', Die Wächter, o.p.s@example.org",
        "ops@bücher.example, '', ops@xn--bcher-kva.example",
        "<ops@example.org>, '', ops@example.org"
    })
    void readsPlainAddressesAndNames(String raw, String name, String address) {
        assertThat(MailAddress.parse(raw)).isEqualTo(new MailAddress(name, address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ann@example.org",
                " ANN@Example.ORG ",
                "Bob <Ann@example.org>",
                "\"\" <ann@example.org>",
                "ann@example.org\u200B",
                "ann@\uFF25xample\u3002org"
            })
    void aMailboxIsTheSameHoweverItIsWritten(String raw) {
        assertThat(MailAddress.mailbox(raw)).contains("ann@example.org");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ann+x@example.org", "a.nn@example.org", "a\u200Bnn@example.org", "ann@example.org.", "ann"})
    void whatIsAnotherMailboxOrNoneIsNotTakenForIt(String raw) {
        assertThat(MailAddress.mailbox(raw)).isNotEqualTo(Optional.of("ann@example.org"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a@b <c@example.org>",
                "\"Ops, or not\" <c@example.org>",
                "a\r\nBcc: x <c@example.org>",
                "a\u2028b <c@example.org>",
                "Name <c@example.org> x",
                "c@exa_mple.org",
                "c@example.org."
            })
    void refusesWhatCouldBeReadTwice(String raw) {
        assertThatThrownBy(() -> MailAddress.parse(raw))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("is not a mail address");
    }

    @Test
    void refusesWhatIsTooLongWithoutReadingItAll() {
        String label = "a".repeat(60) + '.';
        assertThatThrownBy(() -> MailAddress.parse("a".repeat(65) + "@example.org"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MailAddress.parse("a@" + label.repeat(5) + "example"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MailAddress.parse("a".repeat(1 << 20)))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .hasSizeLessThan(200);
    }
}
