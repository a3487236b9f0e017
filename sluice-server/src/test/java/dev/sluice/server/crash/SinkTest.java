package dev.sluice.server.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sinks by the wire: what they say, and what they remember. */
class SinkTest {
    private static final String MAIL = """
            Message-ID: <7-00ff-1@example.org>
            Subject: mk12x happened

            Trace mk12x and nothing else.
            ..and a line that begins with a dot
            .
            """;
    private static final Duration LATE = Duration.ofMillis(50);

    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();

    @Test
    void an_accepted_mail_is_remembered_by_its_id_and_its_marker() throws IOException {
        assertThat(mail(Conduct.ACCEPT)).containsExactly("220", "250", "250", "250", "354", "250");

        assertThat(arrivals).singleElement().satisfies(arrival -> {
            assertThat(arrival.message()).isEqualTo(7);
            assertThat(arrival.told()).isEqualTo(new Told.Pass("mk12x"));
            assertThat(arrival.conduct()).isEqualTo(Conduct.ACCEPT);
        });
    }

    @Test
    void a_late_mail_is_taken_and_answered_in_the_end() throws IOException {
        assertThat(mail(Conduct.LATE)).endsWith("354", "250");
        assertThat(arrivals).hasSize(1);
    }

    @Test
    void a_mail_that_is_cut_off_is_taken_and_not_answered() throws IOException {
        assertThat(mail(Conduct.CUT)).endsWith("354", "end");
        assertThat(arrivals).hasSize(1);
    }

    @Test
    void a_refused_mail_is_not_remembered() throws IOException {
        assertThat(mail(Conduct.REFUSE)).endsWith("451");
        assertThat(mail(Conduct.REJECT)).endsWith("550");
        assertThat(mail(Conduct.REFUSE_BODY)).endsWith("354", "451");
        assertThat(mail(Conduct.CLOSE)).containsExactly("end");
        assertThat(arrivals).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Conduct.class,
            names = {"ACCEPT", "LATE"})
    void a_webhook_that_is_accepted_is_remembered(Conduct conduct) throws Exception {
        assertThat(hook(conduct)).isEqualTo(200);
        assertThat(arrivals).singleElement().satisfies(arrival -> {
            assertThat(arrival.id()).isEqualTo("7-00ff-2");
            assertThat(arrival.conduct()).isEqualTo(conduct);
        });
    }

    @Test
    void a_webhook_tells_nothing_unless_it_is_signed() throws Exception {
        hook(Conduct.ACCEPT);

        assertThat(arrivals)
                .singleElement()
                .satisfies(arrival -> assertThat(arrival.told()).isInstanceOf(Told.Other.class));
    }

    @Test
    void a_webhook_that_is_cut_off_is_remembered_and_not_answered() {
        assertThatThrownBy(() -> hook(Conduct.CUT)).isInstanceOf(IOException.class);
        assertThat(arrivals).hasSize(1);
    }

    @Test
    void a_webhook_that_hangs_is_remembered_and_not_answered() {
        assertThatThrownBy(() -> hook(Conduct.HANG)).isInstanceOf(IOException.class);
        assertThat(arrivals).hasSize(1);
    }

    @Test
    void a_refused_webhook_is_not_remembered() throws Exception {
        assertThat(hook(Conduct.REFUSE)).isEqualTo(500);
        assertThat(hook(Conduct.REJECT)).isEqualTo(410);
        assertThatThrownBy(() -> hook(Conduct.CLOSE)).isInstanceOf(IOException.class);
        assertThat(arrivals).isEmpty();
    }

    /** Sends one mail, and gives the first words of the replies until one is not positive. */
    private List<String> mail(Conduct conduct) throws IOException {
        try (SmtpSink sink = new SmtpSink("mail", temper(conduct), arrivals::add);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), sink.port())) {
            BufferedReader replies =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            List<String> seen = new java.util.ArrayList<>(List.of(word(replies)));
            for (String command : List.of("EHLO me\n", "MAIL FROM:<a@b>\n", "RCPT TO:<c@d>\n", "DATA\n", MAIL)) {
                if (!seen.get(seen.size() - 1).matches("[23].*")) {
                    break;
                }
                socket.getOutputStream().write(command.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
                seen.add(word(replies));
            }
            return seen;
        }
    }

    private static String word(BufferedReader replies) throws IOException {
        String line = replies.readLine();
        return line == null ? "end" : line.split(" ", 2)[0];
    }

    private int hook(Conduct conduct) throws IOException, InterruptedException {
        try (HttpSink sink = new HttpSink("hook", temper(conduct), arrivals::add)) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(sink.url()))
                    .timeout(Duration.ofSeconds(1))
                    .header("Idempotency-Key", "7-00ff-2")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"title\":\"mk12x happened\"}"))
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static Temper temper(Conduct conduct) {
        return Temper.always(conduct, new Random(1), LATE);
    }
}
