package dev.sluice.server.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates of mails: lists, tiers, and values that stay in their place whatever they are. */
class MailTemplateTest {
    private static final Map<String, Object> CART = Map.of(
            "link",
            "https://shop.example.org/cart?a=1&token=t",
            "tier",
            Map.of("discount", "10", "gift", 0),
            "data",
            Map.of(
                    "name",
                    "Ann",
                    "items",
                    List.of(
                            Map.of("name", "Lamp", "quantity", "2", "price", "9.50"),
                            Map.of("name", "Rug", "quantity", "1", "price", "80.00")),
                    "tags",
                    List.of("new", "sale"),
                    "none",
                    List.of()));

    @Test
    void aListShowsEachOfItsItemsByTheirOwnNames() throws TemplateException {
        assertThat(mail("{{#data.items}}{{quantity}} x {{name}}: {{price}}\n{{/data.items}}"))
                .isEqualTo("2 x Lamp: 9.50\n1 x Rug: 80.00\n");
        assertThat(mail("{{#data.tags}}{{.}} {{/data.tags}}{{^data.none}}-{{/data.none}}"))
                .isEqualTo("new sale -");
        assertThat(mail("{{#data.items}}{{data.name}}/{{name}} {{/data.items}}"))
                .as("outside values are there inside, too")
                .isEqualTo("Ann/Lamp Ann/Rug ");
    }

    @Test
    void aSectionOfATierIsThereOnlyFromItsFirstStepOn() throws TemplateException {
        assertThat(mail("Cart{{#tier.discount}} + {{tier.discount}}% OFF!{{/tier.discount}}"))
                .isEqualTo("Cart + 10% OFF!");
        assertThat(mail("Cart{{#tier.gift}} + a gift{{/tier.gift}}")).isEqualTo("Cart");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{name}}",
                "{{#data.items}}{{name}}{{/data.items}} {{name}}",
                "{{#data.items}}{{name}}",
                "{{#held}}{{name}}{{/held}}",
                "{{>other}}",
                "{{=<% %>=}}<%title%>"
            })
    void whatIsNoTemplateIsRefused(String template) {
        assertThatThrownBy(() -> TextTemplate.ofMail(template)).isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> TextTemplate.ofHtml(template)).isInstanceOf(TemplateException.class);
    }

    @Test
    void tiersAndUnsubscribingAreOfMailsOnly() throws TemplateException {
        assertThat(TextTemplate.ofMail("{{tier.discount}}{{unsubscribe}}").tiers())
                .containsExactly("discount");
        assertThatThrownBy(() -> TextTemplate.of("{{tier.discount}}")).isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> TextTemplate.of("{{unsubscribe}}")).isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<td>{{data.x}}</td>|</td><script>alert(1)</script>|<td>&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;</td>",
                "<p title=\"{{data.x}}\">|\" onclick=\"x|<p title=\"&quot; onclick=&quot;x\">",
                "<p title='{{data.x}}'>|' onclick='x|<p title='&#39; onclick=&#39;x'>",
                "<p>{{{data.x}}}{{&data.x}}</p>|<b>|<p>&lt;b&gt;&lt;b&gt;</p>",
                "<p>{{data.x}}</p>|{{title}}{{#data}}|<p>{{title}}{{#data}}</p>",
                "<p>{{#limit.4}}{{data.x}}{{/limit.4}}</p>|<<<<<<|<p>&lt;&lt;&lt;…</p>",
                "<a href=\"https://e.org/?q={{data.x}}\">|a&b=\"/../x y|<a href=\"https://e.org/?q=a%26b%3D%22%2F..%2Fx%20y\">",
                "<img src='https://e.org/i/{{data.x}}.png'>|../a'b|<img src='https://e.org/i/..%2Fa%27b.png'>",
                "<title>{{data.x}}</title>|</title><script>|<title>&lt;/title&gt;&lt;script&gt;</title>",
            })
    void noValueLeavesItsPlaceInHtml(String template, String value, String html) throws TemplateException {
        assertThat(TextTemplate.ofHtml(template).render(Map.of("data", Map.of("x", value))))
                .isEqualTo(html);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<p title={{data.x}}>",
                "<p {{data.x}}>",
                "<{{data.x}}>",
                "</{{data.x}}>",
                "<script>var x = \"{{data.x}}\";</script>",
                "<style>p { color: {{data.x}} }</style>",
                "<p style=\"width: {{data.x}}%\">",
                "<p onclick=\"go('{{data.x}}')\">",
                "<iframe srcdoc=\"{{data.x}}\">",
                "<!-- {{data.x}} -->",
                "<a href=\"{{data.x}}\">",
                "<a HREF = '{{data.x}}'>",
                "<a href=\"{{#data.y}}https://e.org/{{/data.y}}{{data.x}}\">",
                "<p title={{#data.y}}\"{{/data.y}}{{data.x}}\">",
                "<p {{#data.y}}>{{/data.y}}{{data.x}}",
            })
    void aValueWhereItCouldGetOutIsRefused(String template) {
        assertThatThrownBy(() -> TextTemplate.ofHtml(template)).isInstanceOf(TemplateException.class);
    }

    @Test
    void aMistakeInHtmlSaysTheLineAndWhatToDo() {
        assertThatThrownBy(() -> TextTemplate.ofHtml("<p>\n<a href=\"{{data.x}}\">"))
                .hasMessage(
                        "(line 2 of it) has 'data.x' at the beginning of an address; write https:// and the host before it");
    }

    @Test
    void theServersOwnAddressesAreWholeAddresses() throws TemplateException {
        assertThat(TextTemplate.ofHtml("<a href=\"{{link}}\">cart</a>").render(CART))
                .isEqualTo("<a href=\"https://shop.example.org/cart?a=1&amp;token=t\">cart</a>");
    }

    @Test
    void partsOfAddressesInTextAreEncodedWhereAskedFor() throws TemplateException {
        assertThat(TextTemplate.ofMail("https://e.org/?q={{#encoded}}{{data.x}}{{/encoded}}")
                        .render(Map.of("data", Map.of("x", "a&b c"))))
                .isEqualTo("https://e.org/?q=a%26b%20c");
    }

    private static String mail(String template) throws TemplateException {
        return TextTemplate.ofMail(template).render(CART);
    }
}
