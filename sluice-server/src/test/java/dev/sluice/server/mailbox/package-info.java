@NullMarked
package dev.sluice.server.mailbox;

import org.jspecify.annotations.NullMarked;
