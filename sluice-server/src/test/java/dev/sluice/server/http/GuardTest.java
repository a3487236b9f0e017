package dev.sluice.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.config.HttpConfig;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardTest {
    private final Server server = new Server(
            new HttpConfig(
                    "127.0.0.1",
                    0,
                    Server.SETTINGS.limits(),
                    Server.SETTINGS.requestTimeout(),
                    Optional.of(URI.create("https://gate.example.org/"))),
            Pages.NONE);

    @AfterEach
    void stop() {
        server.close();
    }

    private String answer(String method, String headers) throws IOException {
        try (RawClient raw = new RawClient(server.port)) {
            raw.send(method + " /v1/flows/errors/subjects/s/reset HTTP/1.1\r\n" + headers.replace(";", "\r\n")
                    + "\r\nContent-Length: 0\r\n\r\n");
            return raw.readOne();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Host: localhost                  | 200",
                "Host: LOCALHOST:8420             | 200",
                "Host: 127.0.0.1:8420             | 200",
                "Host: [::1]:8420                 | 200",
                "Host: gate.example.org           | 200",
                "Host: evil.example               | 421",
                "Host: localhost.evil.example     | 421",
                "Host: 127.0.0.1.evil.example     | 421",
                "Host: 192.168.0.7                | 421"
            })
    void onLoopbackOnlyRequestsThatNameItAreAnswered(String headers, int status) throws IOException {
        assertThat(answer("POST", headers)).startsWith("HTTP/1.1 " + status + " ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Host: localhost:1;Origin: http://localhost:1                        | 200",
                "Host: localhost:1;Sec-Fetch-Site: same-origin                       | 200",
                "Host: localhost:1;Sec-Fetch-Site: none                              | 200",
                "Host: localhost:1;Origin: http://localhost:2                        | 403",
                "Host: localhost:1;Origin: null                                      | 403",
                "Host: localhost:1;Origin: https://evil.example                      | 403",
                "Host: localhost:1;Sec-Fetch-Site: cross-site                        | 403",
                "Host: localhost:1;Sec-Fetch-Site: same-site                         | 403"
            })
    void pagesOfOtherOriginsChangeNothing(String headers, int status) throws IOException {
        assertThat(answer("POST", headers)).startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void everyAnswerForbidsFramesScriptsOfOthersAndGuessing() {
        var headers = server.get("/health/live").headers();
        assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'self'", "frame-ancestors 'none'");
        assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(headers.map()).doesNotContainKey("access-control-allow-origin");
    }
}
