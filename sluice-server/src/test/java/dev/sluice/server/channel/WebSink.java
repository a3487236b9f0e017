package dev.sluice.server.channel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A web server over raw sockets that answers as a test tells it. */
final class WebSink implements AutoCloseable {
    private final ServerSocket server;
    private final Optional<SSLContext> tls;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile Act act = answer(204, "");

    /** What it does with a request. */
    @FunctionalInterface
    interface Act {
        void to(Socket socket) throws IOException;
    }

    /** Names of headers are in lower case. */
    record Request(String line, Map<String, String> headers, String body) {}

    WebSink(Optional<SSLContext> tls) {
        this.tls = tls;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        start(this::accept);
    }

    WebSink answers(Act with) {
        act = with;
        return this;
    }

    static Act answer(int status, String body) {
        return socket ->
                say(socket, "HTTP/1.1 " + status + " x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    static Act hangUp() {
        return Socket::close;
    }

    /** Says nothing until the other side goes away. */
    static Act hang() {
        return socket -> socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    /** Says one thing, then nothing until the other side goes away. */
    static Act begin(String text) {
        return socket -> {
            say(socket, text);
            hang().to(socket);
        };
    }

    /** Talks until the other side goes away. */
    static Act talkForEver(int status) {
        return socket -> {
            say(socket, "HTTP/1.1 " + status + " x\r\n\r\n");
            while (true) {
                say(socket, "x".repeat(10_000));
            }
        };
    }

    int port() {
        return server.getLocalPort();
    }

    List<Request> requests() {
        return requests;
    }

    int connections() {
        return sockets.size();
    }

    @Override
    public void close() {
        SmtpDialer.closeQuietly(server);
        sockets.forEach(SmtpDialer::closeQuietly);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void say(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private void start(Runnable task) {
        Thread thread = new Thread(task, "web-sink");
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void serve(Socket plain) {
        try (Socket socket = secured(plain)) {
            socket.setTcpNoDelay(true);
            while (!socket.isClosed()) {
                requests.add(read(socket.getInputStream()));
                act.to(socket);
            }
        } catch (IOException e) {
            // The other side went away, which is what many tests are about.
        }
    }

    private Socket secured(Socket plain) throws IOException {
        if (tls.isEmpty()) {
            return plain;
        }
        SSLSocket secured = (SSLSocket) tls.get().getSocketFactory().createSocket(plain, null, plain.getPort(), true);
        secured.setUseClientMode(false);
        secured.startHandshake();
        return secured;
    }

    private static Request read(InputStream in) throws IOException {
        String first = line(in);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] parts = line.split(": ", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Request(first, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the other side went away");
            }
            line.append((char) next);
        }
        return line.substring(0, line.length() - 1);
    }
}
