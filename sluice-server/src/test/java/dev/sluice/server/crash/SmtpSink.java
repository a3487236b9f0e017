package dev.sluice.server.crash;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A mail server that misbehaves as its temper says. It outlives the servers that send to it. */
final class SmtpSink implements AutoCloseable {
    private static final int BACKLOG = 200;

    private final String channel;
    private final Temper temper;
    private final Consumer<Arrival> arrivals;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    SmtpSink(String channel, Temper temper, Consumer<Arrival> arrivals) {
        this.channel = channel;
        this.temper = temper;
        this.arrivals = arrivals;
        try {
            this.server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("smtp-sink", this::listen);
    }

    int port() {
        return server.getLocalPort();
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                start("smtp-sink-connection", () -> serve(socket));
            } catch (IOException e) {
                // Closed, or the peer was gone before it was served: both are none of this thread's business.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Conduct conduct = temper.draw();
            if (conduct != Conduct.CLOSE) {
                new Conversation(socket, conduct).run();
            }
        } catch (IOException e) {
            // The sender died or gave up. What arrived before is recorded.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One connection: any number of mails, each with a conduct of its own. */
    private final class Conversation {
        private final Socket socket;
        private final InputStream in;
        private Conduct conduct;

        Conversation(Socket socket, Conduct conduct) throws IOException {
            this.socket = socket;
            this.conduct = conduct;
            this.in = new BufferedInputStream(socket.getInputStream());
            socket.setTcpNoDelay(true);
        }

        void run() throws IOException, InterruptedException {
            say("220 sink ready");
            String line = line();
            while (!line.isEmpty() && answer(verb(line))) {
                line = line();
            }
        }

        /** Answers one command; false ends the connection. */
        private boolean answer(String verb) throws IOException, InterruptedException {
            switch (verb) {
                case "RCPT" -> recipient();
                case "DATA" -> {
                    return data();
                }
                case "QUIT" -> {
                    say("221 bye");
                    return false;
                }
                default -> say("250 ok");
            }
            return true;
        }

        private void recipient() throws IOException {
            switch (conduct) {
                case REFUSE -> refuse("451 not now");
                case REJECT -> refuse("550 never");
                default -> say("250 ok");
            }
        }

        private void refuse(String reply) throws IOException {
            conduct = temper.draw();
            say(reply);
        }

        private boolean data() throws IOException, InterruptedException {
            say("354 go ahead");
            byte[] body = body();
            if (conduct == Conduct.REFUSE_BODY) {
                refuse("451 not now");
                return true;
            }
            arrivals.accept(arrival(body, conduct));
            return takeOver();
        }

        private boolean takeOver() throws IOException, InterruptedException {
            switch (conduct) {
                case CUT -> {
                    return false;
                }
                case HANG -> {
                    in.readAllBytes();
                    return false;
                }
                case LATE -> TimeUnit.NANOSECONDS.sleep(temper.late().toNanos());
                default -> {}
            }
            say("250 taken");
            conduct = temper.draw();
            return conduct != Conduct.CLOSE;
        }

        private void say(String reply) throws IOException {
            socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        /** The next line, empty at the end of the connection. */
        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                line.write(next);
                if (next == '\n') {
                    return line.toString(StandardCharsets.ISO_8859_1);
                }
            }
            return "";
        }

        /** The mail up to its final dot; a connection that breaks off before has delivered nothing. */
        private byte[] body() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (String line = line(); !line.equals(".\r\n"); line = line()) {
                if (line.isEmpty()) {
                    throw new IOException("the sender went away inside a mail");
                }
                body.writeBytes(
                        (line.startsWith(".") ? line.substring(1) : line).getBytes(StandardCharsets.ISO_8859_1));
            }
            return body.toByteArray();
        }
    }

    private static String verb(String line) {
        return line.strip().split(" ", 2)[0].toUpperCase(Locale.ROOT);
    }

    private Arrival arrival(byte[] body, Conduct conduct) {
        try {
            MimeMessage mail = new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(body));
            StringBuilder text = new StringBuilder();
            collect(mail, text);
            String id = String.valueOf(mail.getMessageID()).replaceAll("^<|>$", "");
            Told told = Told.mail(String.valueOf(mail.getSubject()), text.toString());
            return new Arrival(channel, id, told, Instant.now(), conduct);
        } catch (MessagingException | IOException e) {
            throw new IllegalStateException("the server sent a mail that cannot be read", e);
        }
    }

    private static void collect(Part part, StringBuilder text) throws MessagingException, IOException {
        Object content = part.getContent();
        if (content instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                BodyPart each = parts.getBodyPart(i);
                collect(each, text);
            }
        } else {
            text.append(content).append('\n');
        }
    }
}
