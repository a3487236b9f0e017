/** The console in a real browser. Runs where a Chromium is installed: see the profile {@code browser}. */
@NullMarked
package dev.sluice.server.browser;

import org.jspecify.annotations.NullMarked;
