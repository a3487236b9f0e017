package dev.sluice.server.channel;

import java.util.Optional;

/**
 * What a message says to the one whom it is about.
 *
 * @param title one line; empty: that of the occurrence
 * @param text lines ended by a line feed each
 * @param html a page; empty: there is the text alone
 * @param unsubscribe where one click ends it; empty: nowhere
 */
record Letter(Optional<String> title, String text, Optional<String> html, Optional<String> unsubscribe) {}
