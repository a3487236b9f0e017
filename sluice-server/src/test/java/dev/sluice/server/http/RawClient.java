package dev.sluice.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends bytes as they are, and reads what comes back. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** As send; a connection that the server ends is no fault. */
    void sendQuietly(String text) {
        try {
            send(text);
        } catch (IOException e) {
            // What the server answered before is what the test looks at.
        }
    }

    /** Reads until the server ends the connection. */
    String readAll() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // A reset after the answer.
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Reads until the text ends with {@code end}, or the server ends the connection. */
    String readUntil(String end) throws IOException {
        byte[] wanted = end.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] chunk = new byte[65_536];
        byte[] tail = new byte[0];
        while (true) {
            int count = socket.getInputStream().read(chunk);
            if (count < 0) {
                return all.toString(StandardCharsets.UTF_8);
            }
            all.write(chunk, 0, count);
            tail = last(tail, chunk, count, wanted.length);
            if (java.util.Arrays.equals(tail, wanted)) {
                return all.toString(StandardCharsets.UTF_8);
            }
        }
    }

    private static byte[] last(byte[] before, byte[] chunk, int count, int length) {
        byte[] joined = java.util.Arrays.copyOf(before, before.length + count);
        System.arraycopy(chunk, 0, joined, before.length, count);
        return joined.length <= length
                ? joined
                : java.util.Arrays.copyOfRange(joined, joined.length - length, joined.length);
    }

    /** Reads one answer that has a Content-Length. */
    String readOne() throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                return text.toString();
            }
            text.append((char) next);
        }
        String head = text.toString().toLowerCase(java.util.Locale.ROOT);
        int at = head.indexOf("content-length: ") + "content-length: ".length();
        int length = Integer.parseInt(head.substring(at, head.indexOf('\r', at)));
        return text + new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
