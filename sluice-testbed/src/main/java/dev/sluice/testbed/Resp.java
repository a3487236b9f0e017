package dev.sluice.testbed;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks a Redis server one thing over a connection of its own: enough to set servers up without a client library. */
final class Resp {
    private static final int TIMEOUT_MS = 5_000;

    private Resp() {}

    /** The reply as text: elements of an array in lines, nothing for nil, an error as it was sent, with its minus. */
    static String ask(int port, String... command) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write(request(command));
            return reply(new BufferedInputStream(socket.getInputStream()));
        }
    }

    private static byte[] request(String... command) {
        StringBuilder text =
                new StringBuilder().append('*').append(command.length).append("\r\n");
        for (String word : command) {
            int length = word.getBytes(StandardCharsets.UTF_8).length;
            text.append('$').append(length).append("\r\n").append(word).append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String reply(InputStream from) throws IOException {
        String line = line(from);
        return switch (line.charAt(0)) {
            case '$' -> bulk(Integer.parseInt(line.substring(1)), from);
            case '*' -> array(Integer.parseInt(line.substring(1)), from);
            case '-' -> line;
            default -> line.substring(1);
        };
    }

    private static String bulk(int length, InputStream from) throws IOException {
        if (length < 0) {
            return "";
        }
        byte[] bytes = from.readNBytes(length + 2);
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static String array(int size, InputStream from) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size; i++) {
            text.append(i == 0 ? "" : "\n").append(reply(from));
        }
        return text.toString();
    }

    private static String line(InputStream from) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = from.read(); next != '\n'; next = from.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
