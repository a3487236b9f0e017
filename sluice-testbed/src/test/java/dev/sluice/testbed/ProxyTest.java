package dev.sluice.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testbed.Proxy.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyTest {
    /** Long enough that an answer that comes at all is there. */
    private static final int SILENCE_MILLIS = 200;

    private final EchoServer server = new EchoServer();
    private final Proxy proxy = Proxy.to(server.port());

    @AfterEach
    void close() {
        proxy.close();
        server.close();
    }

    @Test
    void passes_on_in_both_directions() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, "hello")).isEqualTo("hello");
        }
    }

    @Test
    void cuts_what_is_connected_and_lets_new_ones_in() throws IOException {
        try (Socket client = connect();
                Socket other = connect()) {
            ask(client, "a");
            ask(other, "b");
            proxy.cut();

            assertGone(client);
            assertGone(other);
        }
        try (Socket again = connect()) {
            assertThat(ask(again, "c")).isEqualTo("c");
        }
    }

    @Test
    void the_server_gets_the_beginning_of_a_command_that_is_cut() throws IOException {
        try (Socket client = connect()) {
            ask(client, "warm");
            proxy.cutAfter(Direction.COMMANDS, 3);
            send(client, "command");

            Awaitility.await().until(() -> !proxy.isAboutToCut() && server.received() == 4 + 3);
            client.setSoTimeout(0);
            client.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // A cut may be seen as a reset.
        }
        assertThat(server.received()).isEqualTo(4 + 3);
    }

    @Test
    void a_reply_is_lost_although_the_server_got_all_of_the_command() throws IOException {
        try (Socket client = connect()) {
            ask(client, "warm");
            proxy.cutAfter(Direction.REPLIES, 0);
            send(client, "command");

            assertGone(client);
        }
        Awaitility.await().until(() -> server.received() == 4 + 7);
        assertThat(proxy.isAboutToCut()).isFalse();
        try (Socket again = connect()) {
            assertThat(ask(again, "once only")).isEqualTo("once only");
        }
    }

    @Test
    void holds_everything_back_while_it_is_paused() throws IOException {
        try (Socket client = connect()) {
            ask(client, "warm");
            proxy.pause();
            send(client, "late");

            client.setSoTimeout(SILENCE_MILLIS);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.received()).isEqualTo(4);

            proxy.resume();
            client.setSoTimeout(0);
            assertThat(read(client, 4)).isEqualTo("late");
        }
    }

    @Test
    void cuts_what_it_holds_back() throws IOException {
        try (Socket client = connect()) {
            ask(client, "warm");
            proxy.pause();
            send(client, "never");
            proxy.cut();

            assertGone(client);
        }
        Awaitility.await().until(() -> proxy.connections() == 0);
        assertThat(server.received()).isEqualTo(4);
    }

    @Test
    void refuses_new_ones_only() throws IOException {
        try (Socket client = connect()) {
            ask(client, "a");
            proxy.refuse();

            assertThat(ask(client, "b")).isEqualTo("b");
            try (Socket refused = connect()) {
                assertGone(refused);
            }
            proxy.resume();
            try (Socket again = connect()) {
                assertThat(ask(again, "c")).isEqualTo("c");
            }
        }
    }

    @Test
    void a_client_that_has_said_all_still_gets_its_answer() throws IOException {
        try (Socket client = connect()) {
            send(client, "bye");
            client.shutdownOutput();

            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("bye");
        }
        Awaitility.await().until(() -> proxy.connections() == 0);
    }

    @Test
    void a_server_that_is_away_is_a_connection_that_ends() throws IOException {
        server.close();
        try (Socket client = connect()) {
            assertGone(client);
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    }

    private static String ask(Socket client, String text) throws IOException {
        send(client, text);
        return read(client, text.length());
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(Socket client, int count) throws IOException {
        return new String(client.getInputStream().readNBytes(count), StandardCharsets.US_ASCII);
    }

    /** The other side has ended it, in good order or by a reset; nothing was said before. */
    private static void assertGone(Socket client) {
        try {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (IOException e) {
            assertThat(e).isInstanceOf(SocketException.class);
        }
    }
}
