package dev.sluice.server.console;

import dev.sluice.server.http.Pages;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What pages are made up with. The address has a hash of the content in it, so browsers may keep it for ever. */
enum Assets {
    /** How pages look. */
    STYLE("style.css", "text/css; charset=utf-8"),
    /** Keeps pages true while they are open. */
    SCRIPT("live.js", "text/javascript; charset=utf-8"),
    /** The mark in the tab of the browser. */
    ICON("icon.svg", "image/svg+xml");

    private static final int HASH_BYTES = 6;

    private final String path;
    private final String mediaType;
    private final String body;

    Assets(String name, String mediaType) {
        this.mediaType = mediaType;
        this.body = read(name);
        int dot = name.lastIndexOf('.');
        this.path = "/assets/" + name.substring(0, dot) + "-" + hash(body) + name.substring(dot);
    }

    /** Where it is. */
    String path() {
        return path;
    }

    static List<Pages.Page> pages() {
        return Arrays.stream(values())
                .map(asset ->
                        new Pages.Page("GET", asset.path, asked -> Pages.Shown.asset(asset.mediaType, asset.body)))
                .toList();
    }

    private static String read(String name) {
        try (InputStream in = Assets.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
