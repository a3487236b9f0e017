package dev.sluice.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TiedProcessTest {
    /** Starts a server, says its process id, and then waits to be killed. */
    static final class Owner {
        private Owner() {}

        public static void main(String[] args) throws Exception {
            RedisServer server = RedisServer.start();
            server.pause();
            System.out.println(server.pid());
            System.in.read();
        }
    }

    @Test
    @DisplayName("a server ends with its owner, even if that is killed while the server is paused")
    void endsWithItsOwner() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process owner =
                new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Owner.class.getName()).start();
        try (BufferedReader said = owner.inputReader(StandardCharsets.UTF_8)) {
            Optional<ProcessHandle> server = ProcessHandle.of(Long.parseLong(said.readLine()));
            owner.destroyForcibly();
            server.map(ProcessHandle::onExit)
                    .orElseGet(() -> CompletableFuture.completedFuture(null))
                    .get(10, TimeUnit.SECONDS);
            assertThat(server.filter(ProcessHandle::isAlive)).isEmpty();
        } finally {
            owner.destroyForcibly().waitFor();
        }
    }
}
