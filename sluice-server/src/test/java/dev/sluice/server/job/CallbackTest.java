package dev.sluice.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Key;
import dev.sluice.MemoryStore;
import dev.sluice.jobs.JobDatabase;
import dev.sluice.jobs.JobKind;
import dev.sluice.jobs.Jobs;
import dev.sluice.jobs.Retries;
import dev.sluice.jobs.StepResult;
import dev.sluice.server.config.CallConfig;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.Secret;
import dev.sluice.sql.SqliteSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A step that is asked of a receiver which does not come to an end. */
@Timeout(60)
class CallbackTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    @TempDir
    Path directory;

    /** What a step came to, where the receiver answers with these bytes again and again until nobody listens. */
    private String step(String head, String body, int times) throws IOException {
        List<String> came = new ArrayList<>();
        try (ServerSocket receiver = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                JobDatabase rows = JobDatabase.sqlite(directory.resolve("jobs.db"), SqliteSettings.STANDARD)) {
            Thread thread = new Thread(() -> answer(receiver, head, body, times), "receiver");
            thread.start();
            Callback callback = new Callback(
                    new CallConfig(
                            new Secret.Url(URI.create("http://127.0.0.1:" + receiver.getLocalPort() + "/")),
                            Optional.empty(),
                            Map.of(),
                            new ChannelConfig.Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(2))),
                    InstantSource.system());
            try (Jobs jobs = Jobs.over(new MemoryStore(10, InstantSource.system()), rows)
                    .kind(new JobKind("j", Duration.ofSeconds(30), Retries.STANDARD, run -> {
                        try {
                            came.add(callback.send(run, "key", new byte[] {'x'}).body());
                        } catch (Callback.FailedException e) {
                            came.add(String.valueOf(e.getMessage()));
                        }
                        return StepResult.done();
                    }))
                    .manual(pause -> {})
                    .start()) {
                jobs.trigger("j", Key.of("j", "u").subject(), "");
                jobs.tick();
            }
        }
        return came.get(0);
    }

    private static void answer(ServerSocket receiver, String head, String body, int times) {
        byte[] piece = body.getBytes(StandardCharsets.UTF_8);
        try (Socket socket = receiver.accept();
                OutputStream out = socket.getOutputStream()) {
            out.write(head.getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < times; i++) {
                out.write(piece);
            }
            out.flush();
            while (socket.getInputStream().read() >= 0) {
                // Says nothing more.
            }
        } catch (IOException gone) {
            // Nobody listens any more.
        }
    }

    @Test
    void anAnswerWithoutItsBodyIsNoneWhenTheTimeIsOver() throws IOException {
        assertThat(step(HEAD + "Content-Length: 10\r\n\r\n", "{", 1))
                .isEqualTo("its receiver gave no answer (HttpTimeoutException)");
    }

    @Test
    void anAnswerWithoutEndIsReadAsFarAsMakesSense() throws IOException {
        assertThat(step(HEAD + "\r\n", "x".repeat(10_000), 1_000_000)).hasSizeBetween(500_000, 600_000);
    }
}
