package dev.sluice.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.channel.Channels;
import dev.sluice.server.channel.Rendering;
import dev.sluice.server.config.ConfigException;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps a channel from starting is found by {@code sluice check}, with file, line and name. */
class ChannelMistakesTest {
    private static final List<String> URLS = List.of(
            "http://h/",
            "HTTP://H/",
            "hTTps://h:65535/x?y#z",
            "http://[::1]:8/",
            "http://h:/",
            "http://h",
            "http://u:pw@h/x",
            "http://@h/",
            "http://h:0/",
            "http://h:99999/",
            "http://h:9999999999/",
            "http://h:x/",
            "http://a_b:9/",
            "http://b\u00fccher.example/",
            "http:///x",
            "http:x",
            "http://",
            "//h/",
            "mailto:a@b",
            "ftp://h/",
            "file:///etc/passwd",
            "http://h/a b",
            "http://-h-/",
            "http://1.2.3.4.5/");
    private static final List<String> HEADERS = List.of(
            "A: b",
            "'A b': c",
            "'': c",
            "A: \"b\\nc\"",
            "A: b\u00fc",
            "A: b\u2026",
            "'A\u00e4': b",
            "Host: h",
            "A:b: c",
            "Host: '{{title}}'",
            "'A b': '{{title}}'",
            "A: '{{title}'",
            "A: 'x{{title}}'",
            "Date: x",
            "Via: x");
    private static final List<String> ADDRESSES = List.of(
            "a@b",
            "A <a@b>",
            "a",
            "a@",
            "@b",
            "a@b@c",
            "a@-b",
            "a@b_c",
            "a..b@c",
            ".a@c",
            "a@b..c",
            "a@b.",
            "a(c)@b",
            "a@b\u00fccher",
            "\u00e4@b",
            "'\"a\"@b'",
            "a@[127.0.0.1]",
            "a@b\u200b",
            "a\u200b@b",
            "a@" + "b".repeat(64),
            "a".repeat(65) + "@b");

    @TempDir
    Path directory;

    static Stream<String> channels() {
        return Stream.of(
                        URLS.stream().map(url -> "type: webhook\n    url: '" + url + "'"),
                        HEADERS.stream()
                                .map(header -> "type: webhook\n    url: 'http://h/'\n    headers: {" + header + "}"),
                        ADDRESSES.stream().map(from -> "type: smtp\n    host: h\n    from: " + from),
                        ADDRESSES.stream().map(to -> "type: smtp\n    host: h\n    from: a@b\n    to: [" + to + "]"))
                .flatMap(each -> each);
    }

    @ParameterizedTest
    @MethodSource("channels")
    void whatCheckLetsThroughStarts(String channel) throws IOException {
        Path file = write(channel);
        if (Called.in(directory, Map.of(), "check").code() == 0) {
            new Channels(read(file), new Rendering(Optional.empty()), () -> Instant.EPOCH).close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://u:pw@h/x", "http://a_b:9/", "http://h:0/", "http://h:99999/", "ftp://h/", "http://"})
    void anAddressThatNoRequestCanBeSentToIsAMistake(String url) throws IOException {
        write("type: webhook\n    url: '" + url + "'");
        Called check = Called.in(directory, Map.of(), "check");
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.err()).contains("sluice.yaml:4: channels.c.url: ").doesNotContain("pw@");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP://h/", "https://h:65535/", "http://[::1]:8/", "http://h"})
    void otherAddressesAreNone(String url) throws IOException {
        write("type: webhook\n    url: '" + url + "'");
        assertThat(Called.in(directory, Map.of(), "check").err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://u:pw@h/x | has a user in it; leave it out: a login goes into the header Authorization",
                "http://a_b:9/ | has a host with '_' in its name, to which no request can be sent; write a name without",
                "http://h:99999/ | has a port that does not exist; write 1 to 65535",
                "http://h:x/ | has no host, or no port, that a request can be sent to; write a name",
                "ftp://h/ | is not a http:// or https:// address; write a http:// or https:// address",
            })
    void itSaysWhatIsWrongWithAnAddressAndWhatToWrite(String url, String mistake) throws IOException {
        write("type: webhook\n    url: '" + url + "'");
        assertThat(Called.in(directory, Map.of(), "check").err()).contains("sluice.yaml:4: channels.c.url: " + mistake);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding",
                "transfer-encoding",
                "Content-Length",
                "Host",
                "Connection",
                "Expect",
                "TE",
                "Trailer",
                "Upgrade",
                "Content-Type",
                "CONTENT-TYPE",
                "Idempotency-Key",
                "User-Agent",
                "Sluice-Signature",
                "sluice-x",
                "Keep-Alive",
                "Proxy-Connection",
                "HTTP2-Settings"
            })
    void aReservedHeaderIsAMistakeInItsOwnLine(String name) throws IOException {
        write("type: webhook\n    url: 'http://h/'\n    headers:\n      X-Mine: x\n      " + name + ": x");
        Called check = Called.in(directory, Map.of(), "check");
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.err())
                .contains("sluice.yaml:7: channels.c.headers: the header '" + name + "' is not yours to set; ")
                .doesNotContain("X-Mine");
    }

    @Test
    void aBadSenderIsAMistake() throws IOException {
        write("type: smtp\n    host: h\n    from: gate@mail_host");
        assertThat(Called.in(directory, Map.of(), "check").err())
                .contains(
                        "sluice.yaml:5: channels.c.from: 'gate@mail_host' is not a mail address; write a mail address");
    }

    private Path write(String channel) throws IOException {
        return Files.writeString(directory.resolve("sluice.yaml"), "channels:\n  c:\n    " + channel + "\n");
    }

    private static Map<String, dev.sluice.server.config.ChannelConfig> read(Path file) {
        try {
            return new ConfigReader(Optional.of(file), Map.of(), Optional.empty(), Optional.empty())
                    .read()
                    .channels();
        } catch (ConfigException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }
}
