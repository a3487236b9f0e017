package dev.sluice.server.channel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A mail server over raw sockets that is polite, except where a test tells it otherwise. */
final class MailSink implements AutoCloseable {
    /** The step before the first command. */
    static final String GREETING = "GREETING";

    /** The step after the body. */
    static final String END = ".";

    private final ServerSocket server;
    private final Map<String, Deque<Act>> script = new ConcurrentHashMap<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final List<String> mails = new CopyOnWriteArrayList<>();
    private final List<Client> clients = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** What the sink does at a step. */
    @FunctionalInterface
    interface Act {
        void to(Client client) throws IOException;
    }

    MailSink() {
        script.put(GREETING, acts(reply("220 sink ESMTP")));
        script.put("EHLO", acts(reply("250-sink\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME")));
        script.put("AUTH", acts(reply("235 welcome")));
        script.put("DATA", acts(reply("354 go on")));
        script.put("QUIT", acts(hangUp()));
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        start(this::accept);
    }

    /** At {@code step} does one act after the other, the last one ever again. */
    MailSink on(String step, Act... acts) {
        script.put(step, acts(acts));
        return this;
    }

    static Act reply(String text) {
        return client -> client.say(text + "\r\n");
    }

    static Act hangUp() {
        return client -> client.socket.close();
    }

    /** Says nothing until the other side goes away. */
    static Act hang() {
        return client -> client.socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    /** Says a letter now and then, and never comes to the end of a line. */
    Act drip() {
        return client -> {
            try {
                while (!closed.await(10, TimeUnit.MILLISECONDS)) {
                    client.say("2");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    /** Turns to TLS. */
    static Act startTls(SSLContext with) {
        return client -> {
            client.say("220 ready\r\n");
            client.secure(with);
        };
    }

    /** TLS from the first byte. */
    static Act tlsFirst(SSLContext with) {
        return client -> {
            client.secure(with);
            client.say("220 sink ESMTP\r\n");
        };
    }

    int port() {
        return server.getLocalPort();
    }

    /** Every command line so far. */
    List<String> commands() {
        return commands;
    }

    /** Every body that arrived with its end. */
    List<String> mails() {
        return mails;
    }

    int connections() {
        return clients.size();
    }

    @Override
    public void close() {
        closed.countDown();
        SmtpDialer.closeQuietly(server);
        clients.forEach(client -> SmtpDialer.closeQuietly(client.socket));
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Deque<Act> acts(Act... acts) {
        return new ArrayDeque<>(List.of(acts));
    }

    private void start(Runnable task) {
        Thread thread = new Thread(task, "mail-sink");
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Client client = new Client(server.accept());
                clients.add(client);
                start(client::serve);
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private Act act(String step) {
        Deque<Act> acts = script.getOrDefault(step, acts(reply("250 fine")));
        synchronized (acts) {
            return acts.size() > 1 ? acts.removeFirst() : acts.getFirst();
        }
    }

    /** One connection. */
    final class Client {
        private Socket socket;

        Client(Socket socket) {
            this.socket = socket;
        }

        void say(String text) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }

        private void secure(SSLContext with) throws IOException {
            SSLSocket secured = (SSLSocket) with.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
            secured.setUseClientMode(false);
            secured.startHandshake();
            socket = secured;
        }

        private void serve() {
            try {
                socket.setTcpNoDelay(true);
                act(GREETING).to(this);
                for (String line = line(); !line.isEmpty(); line = line()) {
                    commands.add(line);
                    String verb = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
                    act(verb).to(this);
                    if (verb.equals("DATA") && !socket.isClosed()) {
                        body();
                    }
                }
            } catch (IOException e) {
                // The other side went away, which is what many tests are about.
            } finally {
                SmtpDialer.closeQuietly(socket);
            }
        }

        private void body() throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = line(); !line.equals("."); line = line()) {
                // The server refused DATA: what comes is no body.
                if (line.equals("RSET")) {
                    commands.add(line);
                    say("250 fine\r\n");
                    return;
                }
                lines.add(line.startsWith(".") ? line.substring(1) : line);
            }
            mails.add(String.join("\r\n", lines));
            act(END).to(this);
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            InputStream in = socket.getInputStream();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new IOException("the other side went away");
                }
                line.append((char) next);
            }
            return line.substring(0, line.length() - 1);
        }
    }
}
