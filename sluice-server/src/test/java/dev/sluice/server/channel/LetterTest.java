package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.Rule;
import dev.sluice.SubjectRecipe;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.OnFailure;
import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.LevelsConfig;
import dev.sluice.server.config.MailConfig;
import dev.sluice.server.config.Secret;
import dev.sluice.server.config.Tier;
import dev.sluice.server.mail.Links;
import dev.sluice.server.mail.Unsubscribing;
import dev.sluice.server.template.TemplateException;
import dev.sluice.server.template.TextTemplate;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A message as the one reads it whom it is about. */
@Timeout(60)
class LetterTest {
    private static final Secret SECRET = Secret.of("0123456789abcdef");
    private static final String TITLE =
            "{{data.name}}, your cart{{#tier.discount}} + {{tier.discount}}% OFF!{{/tier.discount}}";
    private static final String TEXT = """
            {{#data.items}}{{quantity}} x {{name}}: {{price}}
            {{/data.items}}Total {{data.total}} {{data.currency}}
            {{link}}
            {{unsubscribe}}""";
    private static final String HTML = """
            <table>{{#data.items}}<tr><td>{{name}}</td><td>{{price}}</td></tr>{{/data.items}}</table>
            <a href="{{link}}">cart</a>
            """;
    private static final String DATA =
            "{\"user_id\":\"42\",\"name\":\"Ann\",\"total\":\"1543.00\",\"currency\":\"USD\","
                    + "\"items\":[{\"name\":\"Lamp\",\"quantity\":\"2\",\"price\":\"9.50\"}]}";

    private final Rendering rendering =
            new Rendering(Optional.of(URI.create("https://gate.example.org/")), List.of(flow(Optional.of(HTML))));

    @Test
    @DisplayName("S3.7 a mail has the items, the total, and the discount of its tier in title, text and link")
    void aMailHasItemsTotalAndDiscount() {
        Rendered mail = rendering.of(to("ann@example.org", DATA));

        assertThat(mail.title()).isEqualTo("Ann, your cart + 20% OFF!");
        assertThat(mail.text())
                .startsWith("2 x Lamp: 9.50\nTotal 1543.00 USD\nhttps://shop.example.org/cart?token=")
                .contains("https://gate.example.org/v1/unsubscribe/");
        assertThat(mail.html()).contains("<tr><td>Lamp</td><td>9.50</td></tr>");
        String token = mail.text().split("token=|\\n")[3];
        assertThat(Links.check(token, flow -> Optional.of(SECRET), Example.NOON))
                .isEqualTo(new Links.Verdict.Good(new Links.Promise(
                        "errors",
                        "billing/timeout",
                        "m42-ops-1",
                        Map.of("discount", new BigDecimal("20")),
                        Example.NOON.plus(Duration.ofHours(24)).minusNanos(250_000_000))));
    }

    @ParameterizedTest
    @CsvSource({"99.99, 'Ann, your cart'", "100, 'Ann, your cart + 10% OFF!'", "x, 'Ann, your cart'"})
    @DisplayName("S3.7 below the lowest tier nothing is said of a discount")
    void belowTheLowestTierNothingIsSaid(String total, String title) {
        assertThat(rendering
                        .of(to("ann@example.org", DATA.replace("1543.00", total)))
                        .title())
                .isEqualTo(title);
    }

    @Test
    void whatIsShownAndNotSentHasNoTokenInIt() {
        Rendered shown = rendering.of(saying(DATA));

        assertThat(shown.text()).contains("https://shop.example.org/cart?token=preview\n", "/v1/unsubscribe/preview\n");
        assertThat(shown.title()).isEqualTo("Ann, your cart + 20% OFF!");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "</td><script>alert(1)</script>",
                "{{unsubscribe}}{{#data.items}}",
                "a\\r\\nBcc: evil@example.org",
                "\\u202Egnp.exe\\u0000",
                "\\\" onload=\\\"x"
            })
    void hostileValuesStayTexts(String hostile) {
        String data = DATA.replace("Ann", hostile).replace("Lamp", hostile);
        Rendered mail = rendering.of(to("ann@example.org", data));

        assertThat(mail.title()).doesNotContain("\r", "\n", "\u0000", "\u202E").endsWith(", your cart + 20% OFF!");
        assertThat(mail.html().replaceAll("<(/?(table|tr|td)|a href=\"[^\"<>]*\"|/a)>", ""))
                .doesNotContain("<", ">", "\"", "\u0000", "\u202E");
        assertThat(mail.text()).doesNotContain("\u0000", "\u202E", "\r");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"items\":null}",
                "{\"items\":\"x\",\"total\":[1]}",
                "{\"items\":5,\"total\":{}}",
                "{\"items\":true,\"total\":true}",
                "{\"items\":{\"name\":\"Lamp\"},\"total\":null}",
                "{\"items\":[[1],[],null,7,\"x\",{\"name\":null}],\"total\":1e400}",
                "{\"items\":[{\"name\":[{\"name\":{}}]}],\"name\":{\"x\":[]}}",
                "[1]",
                "no json"
            })
    void dataOfAnotherShapeThanTheTemplateThinksMakesAMail(String data) {
        Rendered mail = rendering.of(to("ann@example.org", data));

        assertThat(mail.title()).contains("your cart");
        assertThat(mail.text()).contains("https://shop.example.org/cart?token=");
        assertThat(mail.html()).startsWith("<table>").contains("</table>");
    }

    @Test
    void anItemCannotTakeThePlaceOfALinkOrAFilter() throws TemplateException {
        String items =
                "{\"items\":[{\"link\":\"javascript:x\",\"encoded\":\"y\",\"limit\":{\"3\":1},\"unsubscribe\":\"z\"}]}";
        MailConfig.Texts texts = new MailConfig.Texts(
                Optional.empty(),
                TextTemplate.ofMail("{{#data.items}}{{#limit.3}}abcdef{{/limit.3}} {{unsubscribe}}{{/data.items}}"),
                Optional.of(TextTemplate.ofHtml("{{#data.items}}<a href=\"{{link}}\">{{/data.items}}")));
        Rendered mail = new Rendering(Optional.of(URI.create("https://gate.example.org")), List.of(flow(texts)))
                .of(saying(items));

        assertThat(mail.text()).isEqualTo("ab… https://gate.example.org/v1/unsubscribe/preview\n");
        assertThat(mail.html()).isEqualTo("<a href=\"https://shop.example.org/cart?token=preview\">");
    }

    @Test
    void digestsAndOtherFlowsSayWhatIsKnown() {
        assertThat(rendering.of(Example.DIGEST).title()).isEqualTo("[HELD x95] Database down");
        assertThat(rendering.of(Example.SUMMARY).text()).contains("3 occurrences");
    }

    @Test
    void bothPartsAndTheHeadersArriveAndTheSameMailArrivesAgain() throws MessagingException, IOException {
        GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        try (SmtpChannel channel = new SmtpChannel(config(server), rendering)) {
            Outgoing first = to("Ann <ann@example.org>", DATA);
            Outgoing second =
                    new Outgoing(first.message(), first.recipient(), first.idempotencyKey(), 2, first.timeout());

            assertThat(channel.send(first)).isInstanceOf(Receipt.Accepted.class);
            assertThat(channel.send(second)).isInstanceOf(Receipt.Accepted.class);

            MimeMessage[] mails = server.getReceivedMessages();
            MimeMultipart parts = (MimeMultipart) mails[0].getContent();
            assertThat(mails[0].getContentType()).startsWith("multipart/alternative");
            assertThat((String) parts.getBodyPart(0).getContent()).startsWith("2 x Lamp");
            assertThat((String) parts.getBodyPart(1).getContent()).startsWith("<table><tr><td>Lamp</td>");
            String address = mails[0].getHeader("List-Unsubscribe", null);
            assertThat(address).matches("<https://gate\\.example\\.org/v1/unsubscribe/[A-Za-z0-9_.-]+>");
            assertThat(mails[0].getHeader("List-Unsubscribe-Post")).containsExactly("List-Unsubscribe=One-Click");
            assertThat(Unsubscribing.read(
                            address.substring(address.lastIndexOf('/') + 1, address.length() - 1),
                            flow -> Optional.of(SECRET)))
                    .contains(new Unsubscribing.Wish("errors", "ann@example.org"));
            assertThat(mails[1].getMessageID()).isEqualTo(mails[0].getMessageID());
            assertThat(mails[1].getHeader("List-Unsubscribe")).isEqualTo(mails[0].getHeader("List-Unsubscribe"));
            assertThat(((MimeMultipart) mails[1].getContent()).getBodyPart(1).getContent())
                    .isEqualTo(parts.getBodyPart(1).getContent());
        } finally {
            server.stop();
        }
    }

    @Test
    void aFlowWithoutHtmlSendsTextAlone() throws MessagingException, IOException {
        GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        Rendering plain = new Rendering(Optional.empty(), List.of(flow(Optional.empty())));
        try (SmtpChannel channel = new SmtpChannel(config(server), plain)) {
            assertThat(channel.send(to("ann@example.org", DATA))).isInstanceOf(Receipt.Accepted.class);

            MimeMessage mail = server.getReceivedMessages()[0];
            assertThat(mail.getContentType()).isEqualToIgnoringCase("text/plain; charset=UTF-8");
            assertThat((String) mail.getContent()).startsWith("2 x Lamp");
            assertThat(mail.getHeader("List-Unsubscribe")).isNull();
        } finally {
            server.stop();
        }
    }

    private static Message saying(String data) {
        return Example.saying(new Content("", "", "", data));
    }

    private static Outgoing to(String recipient, String data) {
        return Example.outgoing(saying(data), recipient);
    }

    private static FlowConfig flow(Optional<String> html) {
        try {
            Optional<TextTemplate> page =
                    html.isPresent() ? Optional.of(TextTemplate.ofHtml(html.get())) : Optional.empty();
            return flow(new MailConfig.Texts(Optional.of(TextTemplate.ofMail(TITLE)), TextTemplate.ofMail(TEXT), page));
        } catch (TemplateException e) {
            throw new AssertionError(e);
        }
    }

    private static FlowConfig flow(MailConfig.Texts texts) {
        Tier discount = new Tier(
                "total",
                new TreeMap<>(Map.of(
                        new BigDecimal("100"), new BigDecimal("10"),
                        new BigDecimal("500"), new BigDecimal("20"))));
        MailConfig mail = new MailConfig(
                texts,
                Map.of("discount", discount),
                Optional.of(SECRET),
                Optional.of(new MailConfig.Link(URI.create("https://shop.example.org/cart"), Duration.ofHours(24))),
                Set.of(),
                true);
        FlowPlan plan = new FlowPlan(
                "errors", Map.of("", Rule.allow("once per 24h").build()), List.of("mail"), OnFailure.STANDARD);
        return new FlowConfig(
                plan, new SubjectRecipe.Given(), List.of(), LevelsConfig.NONE, Optional.of(mail), Optional.empty());
    }

    private static ChannelConfig.Smtp config(GreenMail server) {
        return new ChannelConfig.Smtp(
                "127.0.0.1",
                server.getSmtp().getPort(),
                ChannelConfig.Security.NONE,
                Optional.empty(),
                new ChannelConfig.Envelope("shop@example.org", List.of()),
                ChannelConfig.Timeouts.STANDARD);
    }
}
