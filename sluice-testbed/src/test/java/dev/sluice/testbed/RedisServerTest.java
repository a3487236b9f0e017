package dev.sluice.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerTest {
    @Test
    void answersUntilItIsClosed() {
        RedisServer server = RedisServer.start();
        try (server) {
            assertThat(server.ask("PING")).isEqualTo("PONG");
            assertThat(server.ask("CONFIG", "GET", "save")).isEqualTo("save\n");
        }
        assertThatThrownBy(() -> server.ask("PING")).hasMessageContaining("does not answer");
        assertThat(ProcessHandle.of(server.pid())).isEmpty();
    }

    @Test
    void comesBackEmptyOnItsPortAfterBeingKilled() {
        try (RedisServer server = RedisServer.start()) {
            long before = server.pid();
            server.ask("SET", "a", "b");
            server.kill();
            server.restart();
            assertThat(server.ask("DBSIZE")).isEqualTo("0");
            assertThat(server.pid()).isNotEqualTo(before);
        }
    }

    @Test
    void answersNothingWhilePaused() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            server.pause();
            assertThatThrownBy(() -> Resp.ask(server.port(), "PING")).isInstanceOf(SocketTimeoutException.class);
            server.resume();
            assertThat(Resp.ask(server.port(), "PING")).isEqualTo("PONG");
            server.pause();
        }
    }

    @Test
    void saysWhyItDidNotStart() {
        assertThatThrownBy(() -> RedisServer.start("--no-such-option", "1")).hasMessageContaining("no-such-option");
    }

    @Test
    void speaksTlsWithACertificateOfItsOwn(@TempDir Path folder) {
        try (RedisServer server = RedisServer.startTls(TlsFiles.create(folder))) {
            assertThat(server.url()).startsWith("rediss://");
            assertThat(server.output()).contains("Ready to accept connections");
        }
    }

    @Test
    void joinsACluster() {
        assertThat(RedisCluster.shared().nodes()).hasSize(6);
        assertThat(RedisCluster.shared().nodes().get(0).ask("CLUSTER", "INFO"))
                .contains("cluster_state:ok", "cluster_size:3", "cluster_slots_ok:16384");
    }

    @Test
    void isWatchedByASentinel() {
        try (RedisSentinel sentinel = RedisSentinel.start()) {
            sentinel.master().ask("SET", "a", "b");
            assertThat(sentinel.url()).endsWith("#gate");
        }
    }
}
