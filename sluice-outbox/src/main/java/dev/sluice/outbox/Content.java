package dev.sluice.outbox;

/**
 * What an occurrence says. Free text from outside: channels must treat it as hostile.
 *
 * @param title one line
 * @param message any length that the server admits
 * @param severity a word such as {@code error}; may be empty
 * @param data further values as the text of a JSON object; {@code {}} if there are none
 */
public record Content(String title, String message, String severity, String data) {}
