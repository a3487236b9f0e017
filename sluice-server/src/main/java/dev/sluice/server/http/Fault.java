package dev.sluice.server.http;

/**
 * One thing that is wrong with a request.
 *
 * @param field path of the value in the body, name of the query parameter or header; empty for the request as a whole
 * @param detail what is wrong, and what would be right
 */
record Fault(String field, String detail) {}
