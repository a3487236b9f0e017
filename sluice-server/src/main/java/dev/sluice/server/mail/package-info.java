/** What receivers of mails can do with them: signed links, unsubscriptions, and purchases that are reported back. */
@NullMarked
package dev.sluice.server.mail;

import org.jspecify.annotations.NullMarked;
