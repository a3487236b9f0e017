package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mail of a flow: what may be written, and what a mistake in it says. */
class MailReaderTest {
    private static final String SECRET = "hunter2hunter2hunter2";

    @TempDir
    Path directory;

    private Reading reading;

    @BeforeEach
    void inThisDirectory() {
        reading = new Reading(directory);
    }

    @Test
    void everythingThatMayBeWritten() throws IOException {
        Files.writeString(directory.resolve("cart.html"), "<p>{{data.name}} {{tier.discount}}</p>");
        ServerConfig config = reading.read("""
                http: {public-url: "https://gate.example.org"}
                flows:
                  carts:
                    allow: once per 24h
                    channels: [inbox]
                    mail:
                      title: "{{data.name}}, your cart{{#tier.discount}} + {{tier.discount}}% OFF!{{/tier.discount}}"
                      text: "{{#data.items}}{{name}} {{/data.items}}{{link}} {{unsubscribe}}"
                      html-file: cart.html
                      tiers: {discount: {of: total, at: {100: 10, 500: 20}}}
                      secret: "${S}"
                      link: {url: "https://shop.example.org/cart", valid: 2h}
                      unsubscribe: on
                """, Map.of("S", SECRET));

        MailConfig mail = config.flow("carts").orElseThrow().mail().orElseThrow();
        assertThat(mail.tiers().values())
                .singleElement()
                .satisfies(tier -> assertThat(tier.in(Map.of("total", "500"))).isEqualByComparingTo("20"));
        assertThat(mail.link().orElseThrow().valid()).isEqualTo(Duration.ofHours(2));
        assertThat(mail.unsubscribe()).isTrue();
        assertThat(mail.texts().html().orElseThrow().render(Map.of("data", Map.of("name", "<b>"))))
                .isEqualTo("<p>&lt;b&gt; </p>");
        assertThat(config.toString()).doesNotContain(SECRET);
    }

    @Test
    void allMistakesAtOnceAndNoSecretInAnyOfThem() throws IOException {
        Files.writeString(directory.resolve("bad.html"), "<p>\n{{total}}</p>");
        List<String> mistakes = reading.mistakes("""
                flows:
                  carts:
                    allow: once per 24h
                    channels: [inbox]
                    mail:
                      text-file: gone.txt
                      html-file: bad.html
                      title: "{{tier.discnt}}"
                      tiers: {discount: {of: total, at: {hundred: 10}}, other: {of: total}}
                      secret: "${S}"
                      unsubscribe: on
                  callers:
                    allow: once per 24h
                    mail: {link: {url: "https://shop.example.org/cart"}}
                """, Map.of("S", "tooshort"));

        assertThat(String.join("\n", mistakes))
                .contains(
                        "mail.text-file: there is no such file",
                        "mail.html-file: the file (line 2 of it) names 'total'",
                        "mail.title: names the tier 'discnt', which there is not; known are discount, other",
                        "mail.tiers.discount.at: ",
                        "mail.tiers.other.at: is missing",
                        "mail.secret: is not a secret of at least 16 characters",
                        "mail.unsubscribe: needs an address that mail readers reach",
                        "flows.callers.mail: is of a flow without channels",
                        "flows.callers.mail.text: is missing",
                        "flows.callers.mail.secret: is missing")
                .doesNotContain("tooshort");
    }

    @Test
    void neitherATemplateNorASecretIsShown() throws ConfigException {
        String yaml = """
                http: {public-url: "https://gate.example.org"}
                flows:
                  carts:
                    allow: once per 24h
                    channels: [inbox]
                    mail:
                      text: "hello hunter2hunter2hunter2 %s"
                      secret: hunter2hunter2hunter2
                      link: {url: "https://shop.example.org/cart"}
                      tiers: {discount: {of: total, at: {100: 10}}}
                """;
        ConfigReader.Understood understood = reading.understand(
                yaml.formatted("{{data.name}}"),
                Map.of("SLUICE_FLOWS_CARTS_MAIL_LINK_VALID", "2h", "SLUICE_FLOWS_CARTS_MAIL_TIERS_DISCOUNT_OF", "sum"));
        MailConfig mail =
                understood.config().flow("carts").flatMap(FlowConfig::mail).orElseThrow();

        assertThat(understood.toString()).doesNotContain(SECRET);
        assertThat(mail.link().orElseThrow().valid()).isEqualTo(Duration.ofHours(2));
        assertThat(mail.tiers().values())
                .singleElement()
                .satisfies(tier -> assertThat(tier.of()).isEqualTo("sum"));
        assertThat(reading.mistakes(yaml.formatted("{{nme}}"), Map.of()))
                .singleElement()
                .satisfies(mistake -> assertThat(mistake)
                        .startsWith(
                                "sluice.yaml:7: flows.carts.mail.text: (line 1 of it) names 'nme', which there is not")
                        .doesNotContain(SECRET));
    }

    @Test
    void unsubscribingWithoutTlsIsWorthAWarning() throws ConfigException {
        assertThat(reading.understand("""
                http: {public-url: "http://gate.example.org"}
                flows:
                  carts:
                    allow: once per 24h
                    channels: [inbox]
                    mail: {text: hello, unsubscribe: on, secret: "0123456789abcdef"}
                """, Map.of()).warnings())
                .anyMatch(warning -> warning.contains("over https only"));
    }
}
